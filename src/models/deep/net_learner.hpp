#pragma once

#include <memory>
#include <string_view>

#include "models/deep/net_training.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// A net as a member: its shape and how it is trained.
struct NetParameters {
    NetSpec spec;             ///< `inputs` follows the data
    bool width_fits = true;   ///< width is the most; it shrinks by eights until there are as many rows as parameters; at the
                              ///< least width four parameters a row are let pass, held by decay and early stopping
    TrainingOptions training;
};

/// Shape and training that suit the kind, before any word.
NetParameters default_parameters(NetKind kind);

/// `name=value` words over the defaults: width, layers, window, heads, feed_forward, kernel, dilations (1,2,4) and the fields of
/// TrainingOptions but the seed. A width that is asked for does not shrink.
/// @errors usage: no such parameter, no number
Result<NetParameters> parse_net_parameters(NetKind kind, std::string_view words);

/// A member that reads the series bar by bar and carries a state: `lstm`, `transformer`, `cnn`.
///
/// It is trained on every row of the series up to the last that validates, in time order, rows without a label or purged
/// ones included as inputs only. Where the labels speak of a return its auxiliary targets are the log size of that return
/// and the log root mean square of it and the next four; where they speak of volatility, that volatility.
/// @param trainer does the work; shared by the fits
std::unique_ptr<Learner> make_net_learner(const NetParameters& parameters, std::shared_ptr<const NetTrainer> trainer);
/// By name and words. @errors usage
Result<std::unique_ptr<Learner>> make_net_learner(std::string_view name, std::string_view words, std::shared_ptr<const NetTrainer> trainer);

/// The shape for so many columns and training rows: where the width fits the rows, the widest up to the wished that has as many
/// rows as parameters.
Result<NetSpec> fitting_spec(const NetParameters& parameters, std::uint32_t inputs, std::size_t rows);

/// Fewest training rows that a net of its default kind is trained on at its least width.
std::size_t least_training_rows(NetKind kind, std::size_t inputs);

/// lstm, transformer, cnn that only restore what was trained before.
std::vector<std::unique_ptr<Learner>> net_learners_for_restore();

/// The job of a fit, for tests. @errors bad_input: more parameters than rows at the least width; a series that does not fit
Result<TrainingJob> training_job(const NetParameters& parameters, const TrainingData& train, const TrainingData& validation, std::uint64_t seed);

}  // namespace aitrading::models
