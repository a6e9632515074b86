#include "apps/aitrading/reasons.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "apps/aitrading/column_words.hpp"
#include "kit/bench.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

constexpr double no_value = std::numeric_limits<double>::quiet_NaN();

/// Every reason of one answer that is not zero, the greatest first.
std::vector<ReasonLine> all_lines(const LoadedModel& model, const ModelRows& rows, std::size_t row, const models::Explanation& e) {
    const FeatureMatrix& features = rows.features;
    std::vector<ReasonLine> out;
    for (std::size_t c = 0; c < e.column.size(); ++c)
        if (e.column[c] != 0) out.push_back({features.names[c], features.row(row)[c], e.column[c], {}});
    for (std::size_t m = 0; m < e.member.size(); ++m) {
        const std::string& name = model.fitted.member_names()[m];
        if (e.member[m] != 0) out.push_back({"member:" + name, no_value, e.member[m], name + " as a whole, which cannot be taken apart"});
    }
    if (e.earlier != 0)
        out.push_back({"earlier_bars", no_value, e.earlier, fmt::format("what is remembered of bars before the last {}, or not known", model.fitted.reason_rows())});
    if (e.disagreement != 0) out.push_back({"disagreement", no_value, e.disagreement, "how far the members lie apart"});
    std::ranges::stable_sort(out, std::greater{}, [](const ReasonLine& l) { return std::abs(l.contribution); });
    return out;
}

BarReasons reasons_of(const LoadedModel& model, const ModelRows& rows, std::size_t row, const models::Explanation& e, std::size_t lines) {
    BarReasons out{.missing = {}, .logit = e.logit, .base_logit = e.base, .lines = all_lines(model, rows, row, e), .flat = e.flat};
    out.others_count = out.lines.size() - std::min(lines, out.lines.size());
    for (std::size_t i = lines; i < out.lines.size(); ++i) out.others += out.lines[i].contribution;
    out.lines.resize(out.lines.size() - out.others_count);
    for (ReasonLine& line : out.lines)
        if (line.words.empty()) line.words = column_words(rows, line.feature, row);
    return out;
}

}  // namespace

Result<std::vector<BarReasons>> explain_bars(const LoadedModel& model, const BarColumns& bars, const std::vector<StoredPrediction>& wanted,
                                             std::size_t lines, const Context& context) {
    TRY(const ModelRows rows, model_rows(model, bars, context));
    const FeatureMatrix& features = rows.features;
    const bool remembers = model.fitted.remembers();
    const std::size_t window = model.fitted.reason_rows();
    models::EnsembleMemory before = model.fitted.start();
    std::size_t fed = 0;  // rows that `before` has taken in
    std::vector<BarReasons> out;
    std::size_t row = 0;
    for (const StoredPrediction& p : wanted) {
        if (p.out_of_fold) {
            out.push_back({.missing = "an answer out of fold; the model of its fold is not kept"});
            continue;
        }
        while (row < features.rows() && features.time[row] < p.bar) ++row;
        if (row == features.rows() || features.time[row] != p.bar) {
            out.push_back({.missing = "the bar has no row of features"});
            continue;
        }
        const std::size_t from = row + 1 - std::min(row + 1, window);
        for (; remembers && fed < from; ++fed) model.fitted.predict_next(before, features.row(fed));
        const double begun = kit::thread_seconds();
        const models::Explanation e = model.fitted.explain(&before, features.view().slice(from, row + 1), {p.p_up, p.regime, p.mix});
        const double ended = kit::thread_seconds();
        out.push_back(reasons_of(model, rows, row, e, lines));
        out.back().seconds = ended - begun;
    }
    return out;
}

std::string reasons_cost(const std::vector<BarReasons>& reasons) {
    std::vector<double> ms;
    for (const BarReasons& r : reasons)
        if (r.missing.empty()) ms.push_back(1000 * r.seconds);
    if (ms.empty()) return "";
    return fmt::format("reasons of {} bars: {:.2f} ms each in the median, {:.2f} ms at the 99th percentile", ms.size(), kit::median(ms), kit::quantile(ms, 0.99));
}

void add_reasons(nlohmann::ordered_json& prediction, const BarReasons& reasons) {
    using Json = nlohmann::ordered_json;
    Json list = Json::array();
    for (const ReasonLine& line : reasons.lines)
        list.push_back({{"feature", line.feature}, {"value", std::isnan(line.value) ? Json(nullptr) : Json(line.value)},
                        {"contribution", line.contribution}, {"words", fmt::format("{}: {:+.3f}", line.words, line.contribution)}});
    prediction["reasons"] = std::move(list);
    const bool there = reasons.missing.empty();
    prediction["base_logit"] = there ? Json(reasons.base_logit) : Json(nullptr);
    prediction["logit"] = there ? Json(reasons.logit) : Json(nullptr);
    prediction["others_contribution"] = there ? Json(reasons.others) : Json(nullptr);
    if (!there) prediction["reasons_note"] = "not available: " + reasons.missing;
    else if (reasons.flat) prediction["reasons_note"] = "the calibration answers the same for every score near this one: no column moved the answer";
    else prediction["reasons_note"] = nullptr;
}

std::string reasons_text(const StoredPrediction& prediction, const BarReasons& reasons) {
    std::string out = fmt::format("{}  p_up {:.3f}", to_iso8601(prediction.bar), prediction.p_up);
    if (!reasons.missing.empty()) return out + fmt::format("\nreasons: not available: {}\n", reasons.missing);
    out += fmt::format(", log-odds {:+.3f}; a row that says nothing has {:+.3f}\n", reasons.logit, reasons.base_logit);
    if (reasons.flat) out += "The calibration answers the same for every score near this one: no column moved the answer.\n";
    using enum kit::Table::Align;
    kit::Table table({{"adds", right}, {"reason", left}});
    for (const ReasonLine& line : reasons.lines) table.add({fmt::format("{:+.3f}", line.contribution), line.words});
    if (reasons.others_count > 0)
        table.add({fmt::format("{:+.3f}", reasons.others), fmt::format("{} others together", reasons.others_count)});
    return out + table.render();
}

}  // namespace aitrading::apps
