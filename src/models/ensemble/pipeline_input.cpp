#include "models/ensemble/pipeline_input.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace aitrading::models {

Result<void> check_learners(std::span<const Learner* const> learners, const PipelineOptions& options) {
    if (learners.empty())
        return fail(ErrorCode::usage, "no model was asked for: name at least one, as in --models lightgbm");
    std::set<std::string_view> names;
    for (const Learner* learner : learners)
        if (!names.insert(learner->name()).second)
            return fail(ErrorCode::usage, fmt::format("model {} was asked for twice", learner->name()));
    if (!(options.validation_share > 0 && options.validation_share < 0.9))
        return fail(ErrorCode::usage,
                    fmt::format("validation share {} is not between 0 and 0.9", options.validation_share));
    if (options.learnt != nullptr && options.augmentation != nullptr)
        return fail(ErrorCode::usage, "augmentation cannot draw columns that are learnt anew for each fit; leave one of them out");
    if (options.threads < 1)
        return fail(ErrorCode::usage, fmt::format("threads {} is not 1 or more", options.threads));
    if (options.embargo_bars < 0)
        return fail(ErrorCode::usage, fmt::format("embargo of {} bars is negative", options.embargo_bars));
    return {};
}

Result<void> check_labels(const FeatureMatrix& features, const LabelSet& labels) {
    const std::size_t n = labels.size();
    if (labels.end.size() != n || labels.y.size() != n || labels.target.size() != n)
        return fail(ErrorCode::bad_input,
                    fmt::format("labels {}: row, end, y and target differ in length", labels.spec));
    if (features.values.size() != features.rows() * features.columns())
        return fail(ErrorCode::bad_input, "features: the values do not fill rows times columns");
    for (std::size_t i = 0; i < n; ++i) {
        const bool rises = i == 0 || labels.row[i - 1] < labels.row[i];
        if (!rises || labels.row[i] >= features.rows() || labels.end[i] < labels.row[i])
            return fail(
                ErrorCode::bad_input,
                fmt::format(
                    "labels {}: entry {} (row {}, end {}) is out of order or outside of {} feature rows",
                    labels.spec, i, labels.row[i], labels.end[i], features.rows()));
    }
    return {};
}

Result<void> check_training(const LabelSet& labels, std::span<const std::uint32_t> train, int fold) {
    for (std::size_t i = 0; i < train.size(); ++i) {
        const std::uint32_t e = train[i];
        const bool rises = i == 0 || train[i - 1] < e;
        if (!rises || e >= labels.size())
            return fail(ErrorCode::bad_input,
                        fmt::format("fold {}: training entry {} is out of order or range", fold, e));
        if (labels.y[e] != 0.0F && labels.y[e] != 1.0F)
            return fail(ErrorCode::bad_input,
                        fmt::format("fold {}: training entry {} (row {}) has no label of 0 or 1", fold, e,
                                    labels.row[e]));
    }
    if (train.size() < least_training_labels)
        return fail(
            ErrorCode::bad_input,
            fmt::format("fold {}: {} labels to learn from, at least {} are needed: use a longer series or "
                        "fewer folds",
                        fold, train.size(), least_training_labels));
    return {};
}

Result<void> check_splits(const LabelSet& labels, std::span<const Split> splits,
                          const PipelineOptions& options) {
    if (splits.empty()) return fail(ErrorCode::usage, "no fold to evaluate: ask for at least one");
    std::int64_t last = -1;
    for (const Split& split : splits) {
        TRY_VOID(check_training(labels, split.train, split.fold));
        if (split.test.empty())
            return fail(ErrorCode::bad_input, fmt::format("fold {} tests nothing", split.fold));
        for (const std::uint32_t e : split.test) {
            if (e >= labels.size() || static_cast<std::int64_t>(e) <= last)
                return fail(ErrorCode::bad_input,
                            fmt::format("fold {}: test entry {} is out of order or range", split.fold, e));
            last = e;
        }
        const std::int64_t first_row = labels.row[split.test.front()];
        for (const std::uint32_t e : split.train)
            if (labels.end[e] + options.embargo_bars >= first_row)
                return fail(
                    ErrorCode::gate_refused,
                    fmt::format(
                        "fold {}: the label of training row {} is known at row {}, which with an embargo "
                        "of {} bars reaches into the test from row {}: purge it",
                        split.fold, labels.row[e], labels.end[e], options.embargo_bars, first_row));
    }
    return {};
}

StackOptions centred_on_benchmark(StackOptions options, std::span<const Learner* const> learners) {
    const auto benchmark = std::ranges::find_if(learners, &Learner::is_benchmark);
    if (benchmark == learners.end() || !options.centre.empty()) return options;
    options.centre.assign(learners.size(), 0.0);
    options.centre[static_cast<std::size_t>(benchmark - learners.begin())] = 1.0;
    return options;
}

IntervalOptions interval_options(const PipelineOptions& options, const LabelSet& labels) {
    IntervalOptions interval = options.interval;
    interval.directional = labels.directional;
    if (!options.regime.empty()) interval.regimes = interval_regimes;
    return interval;
}

MetaOptions meta_options(const PipelineOptions& options, std::span<const Learner* const> learners) {
    MetaOptions meta;
    meta.stack = centred_on_benchmark(options.stack, learners);
    meta.form = options.form;
    for (const Learner* learner : learners) meta.names.emplace_back(learner->name());
    return meta;
}

void keep_latest(MetaRows& rows, std::size_t most) {
    if (rows.size() <= most) return;
    const auto drop = static_cast<std::ptrdiff_t>(rows.size() - most);
    rows.logits.erase(rows.logits.begin(),
                      rows.logits.begin() + drop * static_cast<std::ptrdiff_t>(rows.members));
    rows.posterior.erase(rows.posterior.begin(),
                         rows.posterior.begin() + drop * static_cast<std::ptrdiff_t>(rows.regimes));
    rows.y.erase(rows.y.begin(), rows.y.begin() + drop);
    rows.row.erase(rows.row.begin(), rows.row.begin() + drop);
    rows.end.erase(rows.end.begin(), rows.end.begin() + drop);
    if (!rows.regime.empty()) rows.regime.erase(rows.regime.begin(), rows.regime.begin() + drop);
}

}  // namespace aitrading::models
