#pragma once

#include <cstddef>
#include <span>

#include "base/result.hpp"
#include "models/ensemble/meta_model.hpp"
#include "models/ensemble/pipeline.hpp"

namespace aitrading::models {

/// Fewest labels that a training window may have.
inline constexpr std::size_t least_training_labels = 100;

/// @errors usage (none, two of one name, options out of range)
Result<void> check_learners(std::span<const Learner* const> learners, const PipelineOptions& options);
/// Vectors of one length, rows increasing and inside the matrix. @errors bad_input
Result<void> check_labels(const FeatureMatrix& features, const LabelSet& labels);
/// Entries that may be learnt from: in range, increasing, labelled 0 or 1, enough of them. @errors bad_input
Result<void> check_training(const LabelSet& labels, std::span<const std::uint32_t> train, int fold);
/// As above for every split; test blocks not empty, increasing over all splits, behind the training labels'
/// ends.
/// @errors usage, bad_input, gate_refused (a training label that is only known inside the test block)
Result<void> check_splits(const LabelSet& labels, std::span<const Split> splits,
                          const PipelineOptions& options);

/// The options with the stack's centre on the benchmark among the learners, where there is one.
StackOptions centred_on_benchmark(StackOptions options, std::span<const Learner* const> learners);

/// The intervals of this run, with a width for each regime where these are given.
IntervalOptions interval_options(const PipelineOptions& options, const LabelSet& labels);

/// How the meta stage of this run is made.
MetaOptions meta_options(const PipelineOptions& options, std::span<const Learner* const> learners);

/// Drops the earliest rows beyond `most`.
void keep_latest(MetaRows& rows, std::size_t most);

}  // namespace aitrading::models
