#include "models/ensemble/evaluated_series.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/evaluation/baselines.hpp"
#include "models/evaluation/panel.hpp"

namespace aitrading::models {
namespace {

/// Training lies before the test and labels are purged by their spans; the embargo is 1 % of the bars, a day of hours
/// at least.
constexpr int shortest_embargo = 24;

template <class T>
std::vector<T> at_entries(const std::vector<T>& values, std::span<const std::uint32_t> entries) {
    std::vector<T> out;
    out.reserve(entries.size());
    for (const std::uint32_t e : entries) out.push_back(values[e]);
    return out;
}

/// The columns that every panel of a run shares.
struct PanelGround {
    std::vector<float> y;
    std::vector<double> base_rate;
    std::vector<std::uint32_t> row, end;
    std::vector<UnixNanos> time;
    HeldReturns held;
    std::vector<double> cost;
    double coverage = 1;
};

PanelGround lay_ground(const EvaluatedSeries& s, const EvaluationPlan& plan, const FillCosts& costs) {
    PanelGround g;
    const auto& entry = s.pipeline.entry;
    g.y = at_entries(s.labels.y, entry);
    g.row = at_entries(s.labels.row, entry);
    g.end = at_entries(s.labels.end, entry);
    g.base_rate = trailing_base_rate(s.labels, entry);
    for (const std::uint32_t r : g.row) g.time.push_back(s.features.time[r]);
    if (s.labels.directional && plan.placebo.empty()) {
        g.held = held_returns(s.bars, g.row);
        g.cost = unit_costs_bp(s.bars, g.row, costs);
    }
    std::size_t wanted = 0;
    for (const Split& split : s.splits) wanted += split.test.size();
    g.coverage = wanted > 0 ? static_cast<double>(entry.size()) / static_cast<double>(wanted) : 1;
    return g;
}

PanelInput panel_input(const EvaluatedSeries& s, const PanelGround& g, std::span<const double> p, const FrozenThresholds* thresholds) {
    PanelInput input;
    input.y = g.y;
    input.p = p;
    input.base_rate = g.base_rate;
    input.row = g.row;
    input.end = g.end;
    input.time = g.time;
    input.horizon = s.labels.horizon_bars;
    input.directional = s.labels.directional;
    input.coverage = g.coverage;
    input.thresholds = thresholds;
    input.trading = {g.held.return_bp, g.cost, g.held.realised};
    input.trials = s.trials;
    return input;
}

Result<std::vector<RegimePanel>> by_regime(const EvaluatedSeries& s, const PanelGround& g, std::uint64_t seed) {
    const Predictions& predictions = s.pipeline.predictions;
    const std::vector<int> regime = at_entries(s.regimes.regime, g.row);
    const std::vector<double> target = at_entries(s.labels.target, s.pipeline.entry);
    const RegimePanelInput input{panel_input(s, g, s.pipeline.ensemble().p_up, nullptr), regime, predictions.low, predictions.high, target};
    return panel_by_regime(input, {.seed = seed});
}

/// What was done, for the reader of the figures.
std::vector<std::string> describe_protocol(const EvaluatedSeries& series, const EvaluationPlan& plan) {
    std::vector<std::string> out;
    const auto& s = series.splits;
    out.push_back(fmt::format("Purged walk-forward in time order, {} test blocks of about {} labels, training window "
                              "expanding from {} labels.",
                              s.size(), s.front().test.size(), s.front().train.size()));
    out.push_back(fmt::format("Training labels whose span reaches within {} bars of a test block are left out "
                              "(embargo: 1 % of the bars unless --embargo says otherwise).",
                              series.embargo_bars));
    out.push_back(fmt::format("{} features known at each bar's close (manifest {}); label {}; {} bars without a move "
                              "left out.",
                              series.features.columns(), series.features.manifest_hash, series.labels.spec, series.labels.left_out));
    out.emplace_back("Stack, calibration, intervals and confidence thresholds come from earlier out-of-fold predictions "
                     "only; nothing is tuned on a test block.");
    out.push_back(fmt::format("{} configurations were tried on this series and label so far, and deflate the Sharpe "
                              "ratio.",
                              series.trials));
    if (!series.learnt_names.empty())
        out.push_back(fmt::format("{} columns are learnt anew for each fit, from exactly the rows that its members learn from, and filtered "
                                  "bar by bar after them. {}", series.learnt_names.size(),
                                  series.pipeline.learnt_notes.empty() ? "" : "Last fold: " + series.pipeline.learnt_notes.back()));
    const auto& pooled = series.pipeline.interval_pooled;
    const double shared = static_cast<double>(std::ranges::count(pooled, 1)) / std::max<double>(1, static_cast<double>(pooled.size()));
    if (!pooled.empty() && shared < 1)
        out.push_back(fmt::format("Intervals have a width for each regime by rule from 500 known labels in it on; {:.0f} % of the tested bars had "
                                  "that of all regimes.", 100 * shared));
    for (std::size_t f = 0; f < series.pipeline.calibrated_apart.size(); ++f)
        if (!series.pipeline.calibrated_apart[f].empty())
            out.push_back(fmt::format("Fold {}: answers in regimes {} are calibrated by rows of their own, which did better on earlier rows.", f,
                                      fmt::join(series.pipeline.calibrated_apart[f], ", ")));
    for (std::size_t f = 0; f < series.pipeline.dropped.size(); ++f)
        if (!series.pipeline.dropped[f].empty())
            out.push_back(fmt::format("Fold {}: {} had no part in the ensemble, since it hurt on earlier rows.", f, fmt::join(series.pipeline.dropped[f], ", ")));
    if (!plan.placebo.empty()) out.push_back("PLACEBO: " + plan.placebo + ". This is no forecast.");
    return out;
}

}  // namespace

Result<void> cut_in_time(EvaluatedSeries& series, const EvaluationPlan& plan) {
    series.embargo_bars = plan.embargo_bars.value_or(default_embargo_bars(series.bars.size(), shortest_embargo));
    WalkForwardOptions cut;
    cut.folds = plan.folds;
    cut.test_rows = plan.fold_rows;
    cut.test_from = plan.test_from;
    cut.refit_rows = plan.refit_bars;
    cut.embargo_bars = series.embargo_bars;
    cut.min_train = std::max(cut.min_train, series.labels.size() / 4);
    TRY(series.splits, walk_forward(series.labels, series.features.time, cut));
    return {};
}

Result<void> judge(EvaluatedSeries& series, const EvaluationPlan& plan, const FillCosts& costs, std::uint64_t seed) {
    const PanelGround ground = lay_ground(series, plan, costs);
    const auto& fitted = series.pipeline.models;
    const auto add = [&](const std::string& name, std::span<const double> p, const FrozenThresholds* t, bool baseline) -> Result<void> {
        TRY(Panel panel, compute_panel(panel_input(series, ground, p, t), {.seed = seed}));
        series.panels.push_back({name, std::move(panel), baseline});
        return {};
    };
    TRY_VOID(add("ensemble", series.pipeline.ensemble().p_up, &series.pipeline.ensemble().thresholds, false));
    if (fitted.size() > 2)
        series.agreement = agreement_panel(ground.y, series.pipeline.ensemble().p_up, series.pipeline.disagreement, series.pipeline.agreement_thresholds);
    for (std::size_t m = 0; m + 1 < fitted.size(); ++m) TRY_VOID(add(fitted[m].name, fitted[m].p_up, &fitted[m].thresholds, false));
    TRY(series.regime_panels, by_regime(series, ground, seed));
    TRY(const auto baselines, run_baselines(series.bars, series.labels, series.splits));
    for (const auto& b : baselines) TRY_VOID(add(b.name, b.p, nullptr, true));
    series.protocol = describe_protocol(series, plan);
    return {};
}

}  // namespace aitrading::models
