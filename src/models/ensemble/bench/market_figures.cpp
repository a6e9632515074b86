// What a run on a drawn market found, as rows of the bench and as lines of a file.
#include <algorithm>
#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "measured_market.hpp"
#include "models/deep/net_spec.hpp"

namespace aitrading::models {
namespace {

using Json = nlohmann::ordered_json;

bool weak(const std::string& market) { return market.ends_with("realistic"); }

/// What is asked of a model's share of the edge on that kind of market.
std::optional<double> target_of(const std::string& market, const std::string& model, const MarketRunOptions& a) {
    if (parse_net_kind(model)) return weak(market) ? std::nullopt : std::optional(market == "other" ? 0.90 : 0.85);
    if (model != "ensemble") return std::nullopt;
    if (!a.regimes) return !a.memory || market == "other" ? std::nullopt : std::optional(weak(market) ? 0.65 : 0.92);
    return market == "other" ? 0.955 : weak(market) ? 0.94 : 0.995;
}

}  // namespace

std::vector<kit::BenchRow> rows_of(const MarketFigures& f, const MarketRunOptions& a) {
    std::vector<kit::BenchRow> rows;
    const std::string run = fmt::format("market {} seed {} ", f.market, f.seed);
    double best = 0;
    for (const auto& m : f.models) {
        const std::string note = fmt::format("calibrator {}, log loss {:.4f}, accuracy {:.2f} % (exact filter {:.2f})", m.calibrator, m.log_loss,
                                             100 * m.accuracy, 100 * f.best_accuracy);
        if (&m != &f.models.back()) best = std::max(best, m.accuracy);
        if (f.market == "null") {
            rows.push_back({.name = run + m.name + " accuracy off 50 %", .value = 100 * std::abs(m.accuracy - 0.5), .unit = "pp", .target = 0.67, .note = note});
            continue;
        }
        rows.push_back({.name = run + m.name + " edge share", .value = m.share, .unit = "", .target = target_of(f.market, m.name, a),
                        .higher_is_better = true, .note = note});
        rows.push_back({.name = run + m.name + " excess over the exact filter", .value = m.excess_se, .unit = "paired SE", .target = 4.0, .note = "more is a leak"});
    }
    if (f.models.size() > 2)
        rows.push_back({.name = run + "ensemble less its best member", .value = 100 * (f.models.back().accuracy - best), .unit = "pp", .target = -0.2,
                        .higher_is_better = true, .note = f.form});
    rows.push_back({.name = run + "calibration error", .value = 100 * f.ece, .unit = "%", .target = 100 * f.ece_noise_p95 + 1,
                    .note = fmt::format("by chance up to {:.2f} %", 100 * f.ece_noise_p95)});
    rows.push_back({.name = run + "coverage of 90 % intervals", .value = 100 * f.coverage, .unit = "%", .higher_is_better = true, .note = "88 to 92 asked"});
    rows.push_back({.name = run + "seconds", .value = f.total_seconds, .unit = "s", .note = fmt::format("{:.0f} of fitting, {} threads; {}", f.fit_seconds, a.threads, f.date)});
    return rows;
}

Result<std::vector<MarketFigures>> read_figures(const std::string& file) {
    std::vector<MarketFigures> out;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        const Json j = Json::parse(line, nullptr, false);
        if (j.is_discarded()) return fail(ErrorCode::bad_input, fmt::format("{}, row {}: no JSON; delete the row and run it again", file, out.size() + 1));
        MarketFigures f{.market = j.at("market"), .key = j.at("key"), .date = j.at("date"), .seed = j.at("seed")};
        for (const auto& m : j.at("models"))
            f.models.push_back({m.at("name"), m.at("calibrator"), m.at("edge_share"), m.at("accuracy"), m.at("log_loss"), m.at("excess_se")});
        f.best_accuracy = j.at("best_accuracy");
        f.ece = j.at("ece");
        f.ece_noise_p95 = j.at("ece_noise_p95");
        f.coverage = j.at("coverage");
        f.form = j.at("form");
        f.fit_seconds = j.at("fit_seconds");
        f.total_seconds = j.at("total_seconds");
        out.push_back(std::move(f));
    }
    return out;
}

Result<void> append_figures(const std::string& file, const MarketFigures& f) {
    Json j{{"market", f.market}, {"seed", f.seed}, {"date", f.date}, {"key", f.key}, {"models", Json::array()}};
    const auto rounded = [](double v) { return std::round(v * 1e6) / 1e6; };
    for (const auto& m : f.models)
        j["models"].push_back({{"name", m.name}, {"edge_share", rounded(m.share)}, {"accuracy", rounded(m.accuracy)}, {"log_loss", rounded(m.log_loss)},
                               {"excess_se", rounded(m.excess_se)}, {"calibrator", m.calibrator}});
    j["best_accuracy"] = rounded(f.best_accuracy);
    j["ece"] = rounded(f.ece);
    j["ece_noise_p95"] = rounded(f.ece_noise_p95);
    j["coverage"] = rounded(f.coverage);
    j["form"] = f.form;
    j["fit_seconds"] = std::round(f.fit_seconds);
    j["total_seconds"] = std::round(f.total_seconds);
    std::ofstream out(file, std::ios::app);
    out << j.dump() << '\n';
    out.flush();
    return out ? Result<void>{} : fail(ErrorCode::failed, file + ": cannot be written");
}

}  // namespace aitrading::models
