#include "apps/aitrading/augmentation_run.hpp"

#include <fmt/format.h>

#include <chrono>

#include "apps/aitrading/evaluation_learners.hpp"
#include "apps/aitrading/regime_inputs.hpp"
#include "models/boosting/boosting.hpp"
#include "models/ensemble/evaluated_series.hpp"
#include "models/evaluation/labels.hpp"

namespace aitrading::apps {
namespace {

double monotonic_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::string text_of(const models::TrainerProgress& p) {
    return fmt::format("generator step {} of {}, distance {:.3f}, {:.0f} s left", p.step, p.steps, p.loss, p.seconds_left);
}

Result<models::Realism> realism_of(const AugmentationRun& run, const std::vector<int>& regime, const BarSources& sources, const AugmentationRequest& request,
                                   const Context& context) {
    TRY(const models::BarChannels channels, models::channels_of(run.bars));
    const models::Conditions conditions = models::conditions_of(run.bars, regime);
    TRY(const auto judge, models::make_learner("lightgbm"));
    kit::Progress progress(context.progress, "drawing bars like " + to_string(run.bars.key), 0, "steps");
    models::RealismOptions options;
    options.seed = context.seed;
    options.stop = context.stop;
    options.clock = monotonic_seconds;
    options.progress = [&](std::string_view, const models::TrainerProgress& p) { progress.at(p.step), progress.note(text_of(p)); };
    const auto kinds = sources.kinds(request.all_kinds);
    TRY(models::Realism out, models::compare_sources(channels, conditions, kinds, *judge, options));
    progress.finish();
    return out;
}

}  // namespace

Result<BarSources> BarSources::open(const std::string& words, const Context& context) {
    BarSources out;
    models::GeneratorSpec shape;
    models::GeneratorOptions options;
    TRY_VOID(models::parse_generator_words(words, shape, options));
    out.trainer_ = std::make_unique<models::TrainerProcess>(models::find_trainer(), context.home / "cache" / "nets");
    TRY_VOID(out.trainer_->ready());
    out.kinds_.push_back(models::gan_source(*out.trainer_, shape, options));
    out.kinds_.push_back(models::block_bootstrap_source());
    out.kinds_.push_back(models::garch_source());
    out.kinds_.push_back(models::jitter_source());
    out.describe_ = fmt::format("noise={} width={} {}", shape.noise, shape.width, models::describe(options));
    return out;
}

std::vector<const models::SourceKind*> BarSources::kinds(bool all) const {
    std::vector<const models::SourceKind*> out;
    for (const auto& kind : kinds_)
        if (all || out.size() < 2) out.push_back(kind.get());
    return out;
}

Result<AugmentationRun> run_augmentation(BarColumns bars, const AugmentationRequest& request, const Context& context) {
    AugmentationRun run;
    run.bars = std::move(bars);
    TRY(const BarSources sources, BarSources::open(request.generator, context));
    run.generator = sources.describe();
    TRY(const auto rules, regime_options(context, run.bars));
    TRY(const models::RegimePath regimes, models::rule_regimes(run.bars, rules, context.stop));
    if (request.realism) {
        TRY(run.realism, realism_of(run, regimes.regime, sources, request, context));
    }
    if (!request.trial) return run;
    TRY(const FeatureInputs inputs, feature_inputs(request.features, request.with, run.bars, context));
    models::EvaluatedSeries series;
    series.bars = run.bars;
    TRY(series.features, inputs.compute(run.bars));
    TRY(series.labels, models::make_labels(request.label, run.bars));
    models::EvaluationPlan plan;
    plan.folds = request.folds;
    TRY_VOID(models::cut_in_time(series, plan));
    run.columns = series.features.columns();
    TRY(const auto learner, models::make_learner(request.member));
    const auto kinds = sources.kinds(request.all_kinds);
    kit::Progress progress(context.progress, "trying augmentation of " + series.labels.spec, 0, "steps");
    models::AugmentationOptions options;
    options.seed = context.seed;
    options.drawn_share = request.drawn_share;
    options.embargo_bars = series.embargo_bars;
    options.stop = context.stop;
    options.progress = [&](int fold, std::string_view, const models::TrainerProgress& p) { progress.at(p.step), progress.note(fmt::format("fold {}: {}", fold + 1, text_of(p))); };
    const models::AugmentationInput input{run.bars, series.features, series.labels, regimes.regime, [&](const BarColumns& b) { return inputs.compute(b); }};
    TRY(run.trial, models::augmentation_trial(input, series.splits, kinds, *learner, options));
    progress.finish();
    return run;
}

}  // namespace aitrading::apps
