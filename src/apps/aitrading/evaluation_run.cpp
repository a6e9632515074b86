#include "apps/aitrading/evaluation_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/instrument_lookup.hpp"
#include "apps/aitrading/predictions_csv.hpp"
#include "apps/aitrading/regime_inputs.hpp"
#include "base/hash.hpp"
#include "models/boosting/boosting.hpp"
#include "models/ensemble/har_learner.hpp"
#include "models/ensemble/market_regimes.hpp"
#include "models/ensemble/series_regimes.hpp"
#include "models/ensemble/service/fold_cache_files.hpp"
#include "models/evaluation/labels.hpp"
#include "models/evaluation/leak_gate.hpp"
#include "models/evaluation/placebo.hpp"
#include "models/evaluation/service/ledger.hpp"

namespace aitrading::apps {
namespace {

using models::Split;

constexpr int audited_prefixes = 3;
/// Training lies before the test and labels are purged by their spans; the embargo is 1 % of the bars, a day of hours
/// at least.
constexpr int shortest_embargo = 24;

double monotonic_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class T>
std::vector<T> at_entries(const std::vector<T>& values, std::span<const std::uint32_t> entries) {
    std::vector<T> out;
    out.reserve(entries.size());
    for (const std::uint32_t e : entries) out.push_back(values[e]);
    return out;
}

/// Half spread and commission of trading one unit at each row's close, in basis points.
std::vector<double> unit_costs(const BarColumns& bars, std::span<const std::uint32_t> rows, Price spread,
                               const trading::Commission& commission) {
    const bool by_value = commission.kind == trading::Commission::Kind::per_million;
    const double share = by_value ? commission.rate.to_double() / 1e6 : 0;
    std::vector<double> costs = models::unit_costs_bp(bars, rows, spread.to_double(), share);
    if (commission.kind == trading::Commission::Kind::per_lot) {
        const double per_unit = commission.rate.to_double() / commission.one_lot.to_double();
        for (std::size_t i = 0; i < rows.size(); ++i) costs[i] += per_unit / bars.close[rows[i]].to_double() * 1e4;
    }
    return costs;
}

/// The median spread at the bars' closes where the series tells it, else one pip.
Price usual_spread(const BarColumns& bars, Price pip) {
    std::vector<Price> spreads = bars.spread;
    if (bars.has_ask())
        for (std::size_t i = 0; i < bars.size(); ++i) spreads.push_back(bars.ask_close[i] - bars.close[i]);
    if (spreads.empty()) return pip;
    const auto middle = spreads.begin() + static_cast<std::ptrdiff_t>(spreads.size() / 2);
    std::ranges::nth_element(spreads, middle);
    return *middle;
}

/// The columns that every panel of a run shares.
struct PanelGround {
    std::vector<float> y;
    std::vector<double> base_rate;
    std::vector<std::uint32_t> row, end;
    std::vector<UnixNanos> time;
    models::HeldReturns held;
    std::vector<double> cost;
    double coverage = 1;
};

PanelGround lay_ground(const EvaluationRun& run, const EvaluationRequest& request, Price spread,
                       const trading::Commission& commission) {
    PanelGround g;
    const auto& entry = run.pipeline.entry;
    g.y = at_entries(run.labels.y, entry);
    g.row = at_entries(run.labels.row, entry);
    g.end = at_entries(run.labels.end, entry);
    g.base_rate = models::trailing_base_rate(run.labels, entry);
    for (const std::uint32_t r : g.row) g.time.push_back(run.features.time[r]);
    if (run.labels.directional && request.placebo.empty()) {
        g.held = models::held_returns(run.bars, g.row);
        g.cost = unit_costs(run.bars, g.row, spread, commission);
    }
    std::size_t wanted = 0;
    for (const Split& s : run.splits) wanted += s.test.size();
    g.coverage = wanted > 0 ? static_cast<double>(entry.size()) / static_cast<double>(wanted) : 1;
    return g;
}

models::PanelInput panel_input(const EvaluationRun& run, const PanelGround& g, std::span<const double> p,
                               const models::FrozenThresholds* thresholds) {
    models::PanelInput input;
    input.y = g.y;
    input.p = p;
    input.base_rate = g.base_rate;
    input.row = g.row;
    input.end = g.end;
    input.time = g.time;
    input.horizon = run.labels.horizon_bars;
    input.directional = run.labels.directional;
    input.coverage = g.coverage;
    input.thresholds = thresholds;
    input.trading = {g.held.return_bp, g.cost, g.held.realised};
    input.trials = run.trials;
    return input;
}

/// How the ensemble did in each of the twelve regimes.
Result<void> add_regime_panels(EvaluationRun& run, const PanelGround& g, const Context& context) {
    const Predictions& predictions = run.pipeline.predictions;
    const std::vector<int> regime = at_entries(run.regimes.regime, g.row);
    const std::vector<double> target = at_entries(run.labels.target, run.pipeline.entry);
    models::RegimePanelInput input{panel_input(run, g, run.pipeline.ensemble().p_up, nullptr), regime, predictions.low, predictions.high, target};
    TRY(run.regime_panels, models::panel_by_regime(input, {.seed = context.seed}));
    return {};
}

Result<void> add_panels(EvaluationRun& run, const EvaluationRequest& request, const Context& context, Price spread,
                        const trading::Commission& commission) {
    const PanelGround ground = lay_ground(run, request, spread, commission);
    const auto& fitted = run.pipeline.models;
    const auto add = [&](const std::string& name, std::span<const double> p, const models::FrozenThresholds* t,
                         bool baseline) -> Result<void> {
        TRY(Panel panel, models::compute_panel(panel_input(run, ground, p, t), {.seed = context.seed}));
        run.panels.push_back({name, std::move(panel), baseline});
        return {};
    };
    TRY_VOID(add("ensemble", run.pipeline.ensemble().p_up, &run.pipeline.ensemble().thresholds, false));
    for (std::size_t m = 0; m + 1 < fitted.size(); ++m)
        TRY_VOID(add(fitted[m].name, fitted[m].p_up, &fitted[m].thresholds, false));
    TRY_VOID(add_regime_panels(run, ground, context));
    TRY(const auto baselines, models::run_baselines(run.bars, run.labels, run.splits));
    for (const auto& b : baselines) TRY_VOID(add(b.name, b.p, nullptr, true));
    return {};
}

/// Does to features or labels what the placebo asks for.
Result<void> apply_placebo(EvaluationRun& run, const EvaluationRequest& request, std::uint64_t seed) {
    const std::string& what = request.placebo;
    if (what.empty()) return {};
    if (what == "shuffled") {
        const auto block = static_cast<std::size_t>(std::max(run.labels.horizon_bars, 20));
        run.labels = models::shuffled_in_blocks(run.labels, block, seed);
    } else if (what == "reversed") {
        run.features = models::reversed_in_time(run.features);
    } else if (what == "leak") {
        run.features = models::shifted_one_bar_ahead(run.features);
    } else {
        return fail(ErrorCode::usage, fmt::format("\"{}\" is no placebo; use shuffled, reversed or leak", what));
    }
    return {};
}

void describe_protocol(EvaluationRun& run, const EvaluationRequest& request) {
    auto& out = run.protocol;
    const auto& s = run.splits;
    out.push_back(fmt::format("Purged walk-forward in time order, {} test blocks of about {} labels, training window "
                              "expanding from {} labels.",
                              s.size(), s.front().test.size(), s.front().train.size()));
    out.push_back(fmt::format("Training labels whose span reaches within {} bars of a test block are left out "
                              "(embargo: 1 % of the bars unless --embargo says otherwise).",
                              run.embargo_bars));
    out.push_back(fmt::format("{} features known at each bar's close (manifest {}); label {}; {} bars without a move "
                              "left out.",
                              run.features.columns(), run.features.manifest_hash, run.labels.spec, run.labels.left_out));
    out.push_back("Stack, calibration, intervals and confidence thresholds come from earlier out-of-fold predictions "
                  "only; nothing is tuned on a test block.");
    out.push_back(fmt::format("{} configurations were tried on this series and label so far, and deflate the Sharpe "
                              "ratio.",
                              run.trials));
    if (!run.learnt_names.empty())
        out.push_back(fmt::format("{} columns are learnt anew for each fit, from exactly the rows that its members learn from, and filtered "
                                  "bar by bar after them. {}", run.learnt_names.size(),
                                  run.pipeline.learnt_notes.empty() ? "" : "Last fold: " + run.pipeline.learnt_notes.back()));
    if (!request.placebo.empty()) out.push_back("PLACEBO: " + request.placebo + ". This is no forecast.");
}

std::string configuration(const EvaluationRequest& request, const EvaluationRun& run,
                          std::span<const models::Learner* const> learners) {
    std::string out = fmt::format("{} folds={} rows={} refit={} embargo={} features={}", run.labels.spec, request.folds,
                                  request.fold_rows, request.refit_bars, run.embargo_bars, run.features.manifest_hash);
    if (!run.learnt_names.empty()) out += fmt::format(" learnt={}", run.learnt_names.size());
    for (const auto* l : learners) out += fmt::format(" {}({})", l->name(), l->describe());
    return out;
}

Result<void> count_trial(EvaluationRun& run, const EvaluationRequest& request, const Context& context,
                         std::span<const models::Learner* const> learners) {
    if (!request.placebo.empty()) return {};
    std::error_code ignored;
    std::filesystem::create_directories(context.home, ignored);
    TRY(auto ledger, models::TrialLedger::open(context.home / "trials.txt"));
    TRY(run.trials, ledger.record({run.bars.key, run.labels.spec, configuration(request, run, learners)}));
    return {};
}

}  // namespace

Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const std::vector<std::string>& names,
                                                                    const std::vector<std::string>& parameters) {
    std::vector<std::unique_ptr<models::Learner>> out;
    const bool all = names.empty() || (names.size() == 1 && (names[0] == "all" || names[0] == "ensemble"));
    const std::vector<std::string> wanted =
        all ? std::vector<std::string>{"xgboost", "lightgbm", "random_forest"} : names;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        TRY(auto learner, models::make_learner(wanted[i], i < parameters.size() ? parameters[i] : ""));
        out.push_back(std::move(learner));
    }
    return out;
}

Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const EvaluationRequest& request,
                                                                    const FeatureMatrix& features,
                                                                    const LabelSet& labels) {
    TRY(auto out, make_learners(request.models, request.parameters));
    const bool all = request.models.empty() || request.models.front() == "all" || request.models.front() == "ensemble";
    if (all && labels.volatility) {
        TRY(auto har, models::make_har_learner(features.names));
        out.push_back(std::move(har));
    }
    // Its forecast speaks of the next bar's return, and so of no other label.
    if (all && asks_for_regimes(request.with) && labels.directional && labels.spec == "next_bar")
        out.push_back(models::make_markov_switching_member(features.columns() + models::SeriesRegimes::states));
    return out;
}

std::unique_ptr<models::LearntColumns> learnt_columns(const EvaluationRequest& request, const BarColumns& bars) {
    return asks_for_regimes(request.with) ? std::make_unique<models::SeriesRegimes>(bars) : nullptr;
}

std::vector<const models::Learner*> borrowed(const std::vector<std::unique_ptr<models::Learner>>& learners) {
    std::vector<const models::Learner*> out;
    out.reserve(learners.size());
    for (const auto& l : learners) out.push_back(l.get());
    return out;
}

Result<EvaluationRun> run_evaluation(BarColumns bars, const EvaluationRequest& request, const Context& context) {
    EvaluationRun run;
    run.bars = std::move(bars);
    TRY(const FeatureInputs inputs, feature_inputs(request.features, request.with, run.bars, context));
    TRY(run.features, inputs.compute(run.bars));
    TRY(run.labels, models::make_labels(request.label, run.bars));
    TRY(const auto owned, make_learners(request, run.features, run.labels));
    const auto learners = borrowed(owned);
    const auto learnt = learnt_columns(request, run.bars);
    if (learnt) run.learnt_names = learnt->names();
    TRY(const auto rules, regime_options(context, run.bars));
    TRY(run.regimes, models::rule_regimes(run.bars, rules, context.stop));
    TRY_VOID(apply_placebo(run, request, context.seed));
    // A feature that needs a later bar cannot be rebuilt from a prefix; nothing is fitted on such a matrix.
    if (request.placebo != "reversed")
        TRY_VOID(models::audit_features(run.bars, run.features, [&](const BarColumns& b) { return inputs.compute(b); },
                                        audited_prefixes, context.seed));

    run.embargo_bars = request.embargo_bars.value_or(models::default_embargo_bars(run.bars.size(), shortest_embargo));
    models::WalkForwardOptions cut;
    cut.folds = request.folds;
    cut.test_rows = request.fold_rows;
    cut.test_from = request.test_from;
    cut.refit_rows = request.refit_bars;
    cut.embargo_bars = run.embargo_bars;
    cut.min_train = std::max(cut.min_train, run.labels.size() / 4);
    TRY(run.splits, models::walk_forward(run.labels, run.features.time, cut));

    TRY(auto cache, models::FileFoldCache::open(context.home / "cache" / "fits"));
    const std::size_t fits = run.splits.size() * learners.size();
    kit::Progress progress(context.progress, "fitting " + to_string(run.bars.key) + " " + run.labels.spec,
                           static_cast<std::int64_t>(fits), "fits");
    models::PipelineOptions options;
    options.seed = context.seed;
    options.threads = context.threads;
    options.stop = context.stop;
    options.embargo_bars = run.embargo_bars;
    options.cache = &cache;
    options.learnt = learnt.get();
    options.clock = monotonic_seconds;
    options.progress = [&](const models::PipelineProgress& p) { progress.at(static_cast<std::int64_t>(p.done)); };
    TRY(run.pipeline, models::walk_forward_predict(run.features, run.labels, run.splits, learners, options));
    progress.finish();

    TRY(const PriceUnits units, price_units(context.home, run.bars.key.symbol, run.bars.digits));
    const Price spread = request.spread.value_or(usual_spread(run.bars, units.pip));
    const trading::Commission commission = request.commission.value_or(
        trading::Commission{trading::Commission::Kind::per_million, Money{20 * Money::scale}});
    run.cost_model = fmt::format("spread {}, commission {}", to_decimal(spread, 5),
                                 commission.kind == trading::Commission::Kind::none ? "none"
                                 : commission.kind == trading::Commission::Kind::per_lot
                                     ? to_decimal(commission.rate, 2) + " a lot and fill"
                                     : to_decimal(commission.rate, 2) + " a million and fill");
    TRY_VOID(count_trial(run, request, context, learners));
    TRY_VOID(add_panels(run, request, context, spread, commission));
    describe_protocol(run, request);
    TRY_VOID(models::plausibility_gate(run.panel(), run.labels));
    return run;
}

report::ScoredBars scored_bars(const EvaluationRun& run) {
    report::ScoredBars out;
    for (std::size_t i = 0; i < run.pipeline.entry.size(); ++i) {
        const std::uint32_t e = run.pipeline.entry[i];
        out.time.push_back(run.features.time[run.labels.row[e]]);
        out.p_up.push_back(run.pipeline.ensemble().p_up[i]);
        out.y.push_back(run.labels.y[e]);
        out.regime.push_back(run.regimes.regime[run.labels.row[e]]);
    }
    return out;
}

std::vector<report::RegimeRow> regime_rows(const EvaluationRun& run) {
    std::vector<report::RegimeRow> out;
    for (const models::RegimePanel& r : run.regime_panels) {
        const Panel& p = r.panel;
        report::RegimeRow row{r.regime, p.n, r.share, p.accuracy, p.accuracy_low, p.accuracy_high, p.majority_rate, p.log_loss_skill,
                              r.interval_coverage, {}, {}, {}, {}, {}};
        if (r.traded) row.gross_bp = r.gross.mean, row.cost_bp = r.cost.mean, row.net_bp = r.net.mean, row.net_low = r.net.low, row.net_high = r.net.high;
        out.push_back(std::move(row));
    }
    return out;
}

std::vector<report::FoldRow> fold_rows(const EvaluationRun& run) {
    std::vector<report::FoldRow> out;
    const auto base = models::trailing_base_rate(run.labels, run.pipeline.entry);
    const auto& fold = run.pipeline.predictions.fold;
    for (std::size_t i = 0; i < fold.size();) {
        std::size_t last = i;
        double hits = 0, ups = 0, loss = 0, base_loss = 0;
        for (; last < fold.size() && fold[last] == fold[i]; ++last) {
            const double y = run.labels.y[run.pipeline.entry[last]];
            const double p = std::clamp(run.pipeline.ensemble().p_up[last], 1e-9, 1 - 1e-9);
            hits += (p > 0.5) == (y > 0.5) ? 1 : 0;
            ups += y;
            loss -= y > 0.5 ? std::log(p) : std::log(1 - p);
            base_loss -= y > 0.5 ? std::log(base[last]) : std::log(1 - base[last]);
        }
        const auto n = static_cast<double>(last - i);
        const auto time_of = [&](std::size_t k) { return run.features.time[run.labels.row[run.pipeline.entry[k]]]; };
        out.push_back({time_of(i), time_of(last - 1), static_cast<std::int64_t>(last - i), hits / n,
                       std::max(ups, n - ups) / n, 1 - loss / base_loss});
        i = last;
    }
    return out;
}

std::vector<report::FeatureShare> feature_shares(const EvaluationRun& run, std::size_t most) {
    std::vector<report::FeatureShare> out;
    const auto& importance = run.pipeline.ensemble().importance;
    out.reserve(importance.size());
    const std::size_t features = run.features.columns();
    const auto name_of = [&](std::size_t c) { return c < features ? run.features.names[c] : run.learnt_names[c - features]; };
    for (std::size_t c = 0; c < importance.size(); ++c) out.push_back({.name = name_of(c), .share = importance[c]});
    std::ranges::stable_sort(out, [](const auto& a, const auto& b) { return a.share > b.share; });
    if (out.size() > most) out.resize(most);
    return out;
}

std::string predictions_csv(const EvaluationRun& run) {
    return predictions_csv(run.pipeline, "time", [&](std::uint32_t row) { return to_iso8601(run.features.time[row]); },
                           [&](std::size_t i) { return run.regimes.regime[run.pipeline.predictions.row[i]]; });
}

std::vector<std::string> split_list(const std::string& text) {
    std::vector<std::string> out;
    std::string part;
    int depth = 0;
    for (const char c : text + ",") {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c == ',' && depth <= 0) {
            const auto from = part.find_first_not_of(' ');
            if (from != std::string::npos) out.push_back(part.substr(from, part.find_last_not_of(' ') - from + 1));
            part.clear();
        } else {
            part += c;
        }
    }
    return out;
}

}  // namespace aitrading::apps
