#include "apps/aitrading/evaluation_run.hpp"

#include <fmt/format.h>

#include <chrono>

#include "apps/aitrading/evaluation_learners.hpp"
#include "apps/aitrading/feature_inputs.hpp"
#include "apps/aitrading/fit_bar.hpp"
#include "apps/aitrading/instrument_lookup.hpp"
#include "apps/aitrading/predictions_csv.hpp"
#include "apps/aitrading/regime_inputs.hpp"
#include "models/ensemble/service/fold_cache_files.hpp"
#include "models/evaluation/labels.hpp"
#include "models/evaluation/leak_gate.hpp"
#include "models/evaluation/placebo.hpp"
#include "models/evaluation/service/ledger.hpp"

namespace aitrading::apps {
namespace {

constexpr int audited_prefixes = 3;

double monotonic_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

using Learners = std::span<const models::Learner* const>;

std::string configuration(const EvaluationRequest& request, const EvaluationRun& run, Learners learners) {
    std::string out = fmt::format("{} folds={} rows={} refit={} embargo={} features={}", run.labels.spec, request.plan.folds,
                                  request.plan.fold_rows, request.plan.refit_bars, run.embargo_bars, run.features.manifest_hash);
    if (!run.learnt_names.empty()) out += fmt::format(" learnt={}", run.learnt_names.size());
    if (request.form.any() || request.form.online)
        out += fmt::format(" stack={}{}{}{}", request.form.drop ? "drop " : "", request.form.disagreement ? "disagreement " : "", request.form.gate ? "regimes " : "",
                           request.form.online ? "online" : "");
    if (request.augmentation != nullptr) out += " augment=" + request.augmentation->describe();
    for (const auto* l : learners) out += fmt::format(" {}({})", l->name(), l->describe());
    return out;
}

Result<void> count_trial(EvaluationRun& run, const EvaluationRequest& request, const Context& context, Learners learners) {
    if (!request.plan.placebo.empty()) return {};
    std::error_code ignored;
    std::filesystem::create_directories(context.home, ignored);
    TRY(auto ledger, models::TrialLedger::open(context.home / "trials.txt"));
    TRY(run.trials, ledger.record({run.bars.key, run.labels.spec, configuration(request, run, learners)}));
    return {};
}

Result<void> walk_forward(EvaluationRun& run, const EvaluationRequest& request, Learners learners, const models::LearntColumns* learnt,
                          const Context& context) {
    TRY(auto cache, models::FileFoldCache::open(context.home / "cache" / "fits"));
    FitBar bar(context, "fitting " + to_string(run.bars.key) + " " + run.labels.spec, run.splits.size() * learners.size());
    models::PipelineOptions options;
    options.seed = context.seed;
    options.threads = context.threads;
    options.stop = context.stop;
    options.embargo_bars = run.embargo_bars;
    options.cache = &cache;
    options.learnt = learnt;
    options.augmentation = request.augmentation;
    options.regime = run.regimes.regime;
    options.form = request.form;
    options.clock = monotonic_seconds;
    bar.follow(options);
    TRY(run.pipeline, models::walk_forward_predict(run.features, run.labels, run.splits, learners, options));
    bar.finish();
    return {};
}

/// The costs of a fill as asked for, else the series' own spread and 20 per million; says them in words.
Result<models::FillCosts> costs_of(EvaluationRun& run, const EvaluationRequest& request, const Context& context) {
    using Kind = trading::Commission::Kind;
    TRY(const PriceUnits units, price_units(context.home, run.bars.key.symbol, run.bars.digits));
    const Price spread = request.spread.value_or(models::usual_spread(run.bars, units.pip));
    const trading::Commission commission =
        request.commission.value_or(trading::Commission{Kind::per_million, Money{20 * Money::scale}});
    run.cost_model = fmt::format("spread {}, commission {}", to_decimal(spread, 5),
                                 commission.kind == Kind::none      ? "none"
                                 : commission.kind == Kind::per_lot ? to_decimal(commission.rate, 2) + " a lot and fill"
                                                                    : to_decimal(commission.rate, 2) + " a million and fill");
    models::FillCosts out{.spread = spread.to_double()};
    if (commission.kind == Kind::per_million) out.commission_share = commission.rate.to_double() / 1e6;
    if (commission.kind == Kind::per_lot) out.commission_per_unit = commission.rate.to_double() / commission.one_lot.to_double();
    return out;
}

}  // namespace

Result<EvaluationRun> run_evaluation(BarColumns bars, const EvaluationRequest& request, const Context& context) {
    EvaluationRun run;
    run.bars = std::move(bars);
    TRY(const FeatureInputs inputs, feature_inputs(request.features, request.with, run.bars, context));
    TRY(run.features, inputs.compute(run.bars));
    TRY(run.labels, models::make_labels(request.label, run.bars));
    TRY(const auto owned, make_learners(request, run.features, run.labels, context));
    const auto learners = borrowed(owned);
    const auto learnt = learnt_columns(request, run.bars);
    if (learnt) run.learnt_names = learnt->names();
    TRY(const auto rules, regime_options(context, run.bars));
    TRY(run.regimes, models::rule_regimes(run.bars, rules, context.stop));
    TRY_VOID(models::apply_placebo(request.plan.placebo, run.features, run.labels, context.seed));
    // A feature that needs a later bar cannot be rebuilt from a prefix; nothing is fitted on such a matrix.
    if (request.plan.placebo != "reversed")
        TRY_VOID(models::audit_features(run.bars, run.features, [&](const BarColumns& b) { return inputs.compute(b); },
                                        audited_prefixes, context.seed));
    TRY_VOID(models::cut_in_time(run, request.plan));
    TRY_VOID(walk_forward(run, request, learners, learnt.get(), context));
    TRY(const models::FillCosts costs, costs_of(run, request, context));
    TRY_VOID(count_trial(run, request, context, learners));
    TRY_VOID(models::judge(run, request.plan, costs, context.seed));
    if (!request.augmentation_verdict.empty()) run.protocol.push_back(request.augmentation_verdict + ".");
    TRY_VOID(models::plausibility_gate(run.panel(), run.labels));
    return run;
}

std::string predictions_csv(const EvaluationRun& run, bool probabilities) {
    FurtherColumns further;
    for (std::size_t k = 1; probabilities && k <= models::rule_regime_kinds; ++k) further.names.push_back(fmt::format("regime_p_{}", k));
    further.values = [&](std::uint32_t row) {
        return run.regimes.regime[row] == 0 ? std::span<const double>() : std::span<const double>(run.regimes.probability[row]);
    };
    return predictions_csv(run.pipeline, "time", [&](std::uint32_t row) { return to_iso8601(run.features.time[row]); },
                           [&](std::size_t i) { return run.regimes.regime[run.pipeline.predictions.row[i]]; }, further);
}

}  // namespace aitrading::apps
