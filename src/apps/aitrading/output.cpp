#include "apps/aitrading/output.hpp"

#include <fmt/format.h>

#include <cmath>

#include "kit/atomic_file.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

std::string percent(double share) { return fmt::format("{:.1f}", share * 100); }

std::string percent_at(const Panel& p, double coverage) {
    for (const auto& point : p.accuracy_at)
        if (std::abs(point.coverage - coverage) < 1e-9 && point.count > 0)
            return fmt::format("{} ±{}", percent(point.accuracy), percent((point.high - point.low) / 2));
    return "";
}

std::string shown(const Figure& f) { return f.value ? fmt::format("{:+.2f}", *f.value) : ""; }

}  // namespace

Result<void> write_file(const std::filesystem::path& path, std::string_view text) {
    std::error_code problem;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), problem);
    TRY(auto file, kit::AtomicFile::create(path));
    TRY_VOID(file.write(text));
    return file.commit();
}

Result<void> write_page(const std::filesystem::path& path, std::string_view html) { return write_file(path, html); }

std::string panel_table(const std::vector<report::ModelPanel>& panels) {
    using enum kit::Table::Align;
    kit::Table table({{"model"}, {"n", right}, {"majority %", right}, {"accuracy %", right}, {"95 %", right},
                      {"top fifth %", right}, {"AUC", right}, {"log-loss skill", right}, {"ECE (floor) %", right},
                      {"net Sharpe", right}});
    for (const auto& m : panels) {
        const Panel& p = m.panel;
        table.add({m.baseline ? m.name + " (baseline)" : m.name, fmt::format("{}", p.n), percent(p.majority_rate),
                   percent(p.accuracy), percent(p.accuracy_low) + "–" + percent(p.accuracy_high), percent_at(p, 0.2),
                   fmt::format("{:.3f}", p.roc_auc), fmt::format("{:+.4f}", p.log_loss_skill),
                   fmt::format("{} ({})", percent(p.ece), percent(p.ece_noise_p95)), shown(p.net_sharpe_1x)});
    }
    return table.render();
}

std::string panel_verdict(const std::vector<report::ModelPanel>& panels, const LabelSet& labels) {
    const Panel& p = panels.front().panel;
    std::string out;
    if (p.log_loss_skill <= 0)
        out = "No skill: the probabilities are no better than the base rate.";
    else if (p.accuracy_low <= p.majority_rate)
        out = fmt::format("Some skill in log loss ({:+.4f}), but the accuracy cannot be told from the majority class.",
                          p.log_loss_skill);
    else
        out = fmt::format("Skill: accuracy {} % (95 % {}–{}) against a majority of {} %, log-loss skill {:+.4f}.",
                          percent(p.accuracy), percent(p.accuracy_low), percent(p.accuracy_high),
                          percent(p.majority_rate), p.log_loss_skill);
    for (const auto& m : panels)
        if (m.name == "har")
            out += m.panel.log_loss <= p.log_loss ? " It does NOT beat HAR in log loss."
                                                  : " It beats HAR in log loss.";
    if (labels.directional && p.net_sharpe_1x.value)
        out += fmt::format(" After costs the sign of p - 1/2 earned a Sharpe ratio of {:+.2f} a year{}.",
                           *p.net_sharpe_1x.value, *p.net_sharpe_1x.value <= 0 ? ": do not trade it" : "");
    return out;
}

report::Provenance provenance(const Context& context) {
    report::Provenance out;
    out.command_line = context.command_line;
    out.version = version_text();
    out.seed = fmt::format("{}", context.seed);
    return out;
}

}  // namespace aitrading::apps
