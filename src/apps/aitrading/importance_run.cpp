#include "apps/aitrading/importance_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/aitrading/evaluation_learners.hpp"
#include "apps/aitrading/evaluation_run.hpp"
#include "apps/aitrading/fit_bar.hpp"
#include "kit/table.hpp"
#include "models/ensemble/global_importance.hpp"

namespace aitrading::apps {
namespace {

constexpr std::size_t tested_folds = 3, curves = 6;

/// The ensemble on the training rows before the tested folds. One inner fit: stack and calibration need rows that no member
/// learnt from, not the last digit.
Result<models::FittedEnsemble> fit_before(const EvaluationRun& run, const EvaluationRequest& request, const models::LearntColumns* learnt,
                                          std::span<const std::uint32_t> train, const Context& context) {
    TRY(const auto learners, make_learners(request, run.features, run.labels, context));
    models::PipelineOptions options;
    options.seed = context.seed;
    options.threads = context.threads;
    options.stop = context.stop;
    options.embargo_bars = run.embargo_bars;
    options.inner_folds = 1;
    options.learnt = learnt;
    options.regime = run.regimes.regime;
    options.form = request.form;
    options.augmentation = request.augmentation;
    FitBar bar(context, "fitting for importance", 2 * learners.size());
    bar.follow(options);
    TRY(auto fitted, models::FittedEnsemble::fit(run.features, run.labels, train, borrowed(learners), options));
    bar.finish();
    return fitted;
}

}  // namespace

Result<WorthFigures> measure_worth(const EvaluationRun& run, const EvaluationRequest& request, std::size_t columns, const Context& context) {
    WorthFigures out;
    const std::size_t first = run.splits.size() - std::min(run.splits.size(), tested_folds);
    std::vector<std::uint32_t> test;
    for (std::size_t f = first; f < run.splits.size(); ++f)
        for (const std::uint32_t e : run.splits[f].test)
            if (!std::isnan(run.labels.y[e])) test.push_back(e);
    const auto learnt = learnt_columns(request, run.bars);
    TRY(const models::FittedEnsemble fitted, fit_before(run, request, learnt.get(), run.splits[first].train, context));
    TRY(const FeatureMatrix series, fitted.with_learnt(run.features, learnt.get()));
    models::ImportanceOptions options;
    options.columns = columns;
    options.seed = context.seed;
    options.threads = context.threads;
    options.stop = context.stop;
    const auto worth = models::permutation_importance(fitted, series, run.labels, test, run.regimes.regime, options);
    if (!worth && worth.error().code != ErrorCode::bad_input) return std::unexpected(worth.error());
    if (!worth) {
        out.missing = worth.error().text;
        return out;
    }
    for (const models::ColumnWorth& w : *worth) out.features.push_back({w.name, w.loss, w.low, w.high});
    if (out.features.empty()) out.missing = "no member asks for any feature";
    out.how = fmt::format("fitted on the {} labels before {}, tested on {} bars from there on; {} deals of blocks of {} bars", run.splits[first].train.size(),
                          to_iso8601(run.features.time[run.labels.row[test.front()]]), test.size(), options.deals,
                          std::max<std::size_t>(options.block, static_cast<std::size_t>(std::max(run.labels.horizon_bars, 1))));
    return out;
}

std::string worth_table(const WorthFigures& worth) {
    if (!worth.missing.empty()) return "importance on tested bars: not available: " + worth.missing + "\n";
    using enum kit::Table::Align;
    kit::Table table({{"feature", left}, {"costs", right}, {"95 % band", right}, {"", left}});
    for (const report::FeatureWorth& f : worth.features)
        table.add({f.name, fmt::format("{:+.2f}", 1000 * f.loss), fmt::format("{:+.2f} to {:+.2f}", 1000 * f.low, 1000 * f.high), f.low > 0 ? "" : "inside the noise"});
    return table.render() + "thousandths of a nat of log loss a bar, when the feature is dealt anew among tested bars\n";
}

Result<std::vector<report::DependenceCurve>> measure_dependence(const EvaluationRun& run, const EvaluationRequest& request,
                                                                const models::FittedEnsemble& fitted) {
    const auto learnt = learnt_columns(request, run.bars);
    TRY(const FeatureMatrix series, fitted.with_learnt(run.features, learnt.get()));
    const auto columns = models::strongest_columns(fitted.importance(), curves);
    std::vector<report::DependenceCurve> out;
    for (auto& c : models::partial_dependence(fitted, series, columns))
        out.push_back({std::move(c.name), std::move(c.at), std::move(c.p_up), std::move(c.low), std::move(c.high), c.usual_low, c.usual_high});
    return out;
}

}  // namespace aitrading::apps
