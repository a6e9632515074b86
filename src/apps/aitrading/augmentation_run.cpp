#include "apps/aitrading/augmentation_run.hpp"

#include <fmt/format.h>

#include <chrono>

#include "apps/aitrading/evaluation_learners.hpp"
#include "apps/aitrading/regime_inputs.hpp"
#include "models/boosting/boosting.hpp"
#include "models/evaluation/labels.hpp"

namespace aitrading::apps {
namespace {

double monotonic_seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::string text_of(const models::TrainerProgress& p) {
    return fmt::format("generator step {} of {}, distance {:.3f}, {:.0f} s left", p.step, p.steps, p.loss, p.seconds_left);
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

Result<std::unique_ptr<SeriesAugmentation>> SeriesAugmentation::open(BarColumns bars, const AugmentationRequest& request, const Context& context) {
    TRY(BarSources sources, BarSources::open(request.generator, context));
    TRY(FeatureInputs inputs, feature_inputs(request.features, request.with, bars, context));
    std::unique_ptr<SeriesAugmentation> out(new SeriesAugmentation(std::move(sources), std::move(inputs), request, context));
    models::EvaluatedSeries& series = out->series_;
    series.bars = std::move(bars);
    TRY(const auto rules, regime_options(context, series.bars));
    TRY(series.regimes, models::rule_regimes(series.bars, rules, context.stop));
    if (!request.trial) return out;
    TRY(series.features, out->inputs_.compute(series.bars));
    TRY(series.labels, models::make_labels(request.label, series.bars));
    models::EvaluationPlan plan;
    plan.folds = request.folds;
    TRY_VOID(models::cut_in_time(series, plan));
    return out;
}

models::AugmentationInput SeriesAugmentation::input() const {
    return {series_.bars, series_.features, series_.labels, series_.regimes.regime, [this](const BarColumns& b) { return inputs_.compute(b); }};
}

models::AugmentationOptions SeriesAugmentation::options() const {
    models::AugmentationOptions out;
    out.seed = context_.seed;
    out.drawn_share = request_.drawn_share;
    out.embargo_bars = series_.embargo_bars;
    out.stop = context_.stop;
    return out;
}

Result<models::Realism> SeriesAugmentation::realism() const {
    TRY(const models::BarChannels channels, models::channels_of(series_.bars));
    const models::Conditions conditions = models::conditions_of(series_.bars, series_.regimes.regime);
    TRY(const auto judge, models::make_learner("lightgbm"));
    kit::Progress progress(context_.progress, "drawing bars like " + to_string(series_.bars.key), 0, "steps");
    models::RealismOptions options;
    options.seed = context_.seed;
    options.stop = context_.stop;
    options.clock = monotonic_seconds;
    options.progress = [&](std::string_view, const models::TrainerProgress& p) { progress.at(p.step), progress.note(text_of(p)); };
    const auto kinds = sources_.kinds(request_.all_kinds);
    TRY(models::Realism out, models::compare_sources(channels, conditions, kinds, *judge, options));
    progress.finish();
    return out;
}

Result<models::AugmentationTrial> SeriesAugmentation::trial() const {
    TRY(const auto learner, models::make_learner(request_.member));
    kit::Progress progress(context_.progress, "trying augmentation of " + series_.labels.spec, 0, "steps");
    models::AugmentationOptions trying = options();
    trying.progress = [&](int fold, std::string_view, const models::TrainerProgress& p) { progress.at(p.step), progress.note(fmt::format("fold {}: {}", fold + 1, text_of(p))); };
    const auto kinds = sources_.kinds(request_.all_kinds);
    TRY(models::AugmentationTrial out, models::augmentation_trial(input(), series_.splits, kinds, *learner, trying));
    progress.finish();
    return out;
}

Result<models::DrawnRows> SeriesAugmentation::rows(std::size_t known_bars) const {
    return models::draw_rows(input(), *sources_.kinds(false).front(), known_bars, options());
}

std::string SeriesAugmentation::describe() const { return fmt::format("gan share={} seed={} {}", request_.drawn_share, context_.seed, sources_.describe()); }

Result<AugmentationRun> run_augmentation(BarColumns bars, const AugmentationRequest& request, const Context& context) {
    TRY(const auto augmentation, SeriesAugmentation::open(std::move(bars), request, context));
    AugmentationRun run;
    run.bars = augmentation->bars();
    run.generator = augmentation->generator();
    run.columns = augmentation->columns();
    if (request.realism) {
        TRY(run.realism, augmentation->realism());
    }
    if (request.trial) {
        TRY(run.trial, augmentation->trial());
    }
    return run;
}

}  // namespace aitrading::apps
