#include "apps/aitrading/run_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/aitrading/output.hpp"
#include "apps/aitrading/series_input.hpp"
#include "models/evaluation/labels.hpp"
#include "models/evaluation/panel.hpp"
#include "report/format.hpp"

namespace aitrading::apps {
namespace {


/// Labels and predictions of the same bars, in time order.
struct Matched {
    std::vector<std::uint32_t> entry;
    std::vector<double> p;
    std::vector<int> regime;
};

Matched match(const LabelSet& labels, const std::vector<StoredPrediction>& predictions, const BarColumns& bars) {
    Matched out;
    std::size_t at = 0;
    for (std::uint32_t e = 0; e < labels.size(); ++e) {
        const UnixNanos time = bars.time[labels.row[e]];
        while (at < predictions.size() && predictions[at].bar < time) ++at;
        if (at == predictions.size()) break;
        if (predictions[at].bar != time) continue;
        out.entry.push_back(e);
        out.p.push_back(predictions[at].p_up);
        out.regime.push_back(predictions[at].regime);
    }
    return out;
}

}  // namespace

Result<void> add_model_evidence(report::RunReport& page, const LoadedModel& model,
                                const std::vector<StoredPrediction>& predictions, const BarColumns& bars) {
    TRY(const LabelSet labels, models::make_labels(model.metadata.label, bars));
    const Matched m = match(labels, predictions, bars);
    if (m.entry.empty()) {
        page.reason_without_model = "no prediction of the model has a known outcome inside this span";
        return {};
    }
    std::vector<float> y;
    std::vector<std::uint32_t> row, end;
    std::vector<UnixNanos> time;
    for (const std::uint32_t e : m.entry) {
        y.push_back(labels.y[e]);
        row.push_back(labels.row[e]);
        end.push_back(labels.end[e]);
        time.push_back(bars.time[labels.row[e]]);
    }
    const std::vector<double> base = models::trailing_base_rate(labels, m.entry);
    // One block after the other: a block's thresholds come from those before it, the first one knows none.
    constexpr std::size_t blocks = 10;
    std::vector<int> block;
    block.reserve(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) block.push_back(static_cast<int>(i * blocks / y.size()));
    const auto thresholds = models::freeze_thresholds(block, m.p, {});
    models::PanelInput input;
    input.y = y;
    input.p = m.p;
    input.base_rate = base;
    input.row = row;
    input.end = end;
    input.time = time;
    input.horizon = labels.horizon_bars;
    input.directional = labels.directional;
    input.thresholds = &thresholds;
    TRY(Panel panel, models::compute_panel(input));
    for (std::size_t c = 0; c < model.fitted.columns(); ++c)
        page.importance.push_back({.name = model.fitted.column_names()[c], .share = model.fitted.importance()[c]});
    std::ranges::stable_sort(page.importance, [](const auto& a, const auto& b) { return a.share > b.share; });
    page.panels.push_back({model.metadata.name, std::move(panel), false});
    page.predictions = {time, m.p, y, m.regime};
    page.protocol.push_back(fmt::format("{} version {}: predictions up to {} are out of fold, later ones the fitted "
                                        "model's.", model.metadata.name, model.metadata.version,
                                        to_iso8601(model.metadata.training_end)));
    page.trials_text = fmt::format("{} configurations were tried on this series and label when it was trained.",
                                   model.metadata.trials);
    return {};
}

Result<void> write_run_page(const std::string& folder, const RunResult& result, const RunPageFacts& facts, const Context& context) {
    report::RunReport page;
    page.result = result;
    page.prices = facts.bars;
    if (facts.regime.size() == facts.bars.size()) page.regimes = {facts.bars, facts.regime};
    page.trials_text = fmt::format("{} parameter set{} before this run was shown.", result.trials,
                                   result.trials == 1 ? "" : "s");
    if (facts.model != nullptr) TRY_VOID(add_model_evidence(page, *facts.model, facts.predictions, facts.bars));
    for (const backtest::SensitivityRun& run : facts.sensitivity)
        page.sensitivity.push_back({fmt::format("{}: net {}", run.what, report::signed_money(run.result.net, report::quote_currency(result.series.symbol), 0)), run.result.sharpe,
                                    run.result.sharpe_low, run.result.sharpe_high});
    page.provenance = provenance(context);
    if (facts.bars.size() > 0) page.provenance.data = data_line(facts.bars);
    page.provenance.hash = result.hash;
    return write_page(std::filesystem::path(folder) / "report.html", report::render_run_report(page));
}

}  // namespace aitrading::apps
