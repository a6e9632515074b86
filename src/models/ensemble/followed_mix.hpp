#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/ensemble/meta_model.hpp"
#include "models/ensemble/online_weights.hpp"
#include "models/evaluation/labels.hpp"

namespace aitrading::models {

/// What does not answer, or has no part in the answer: it sleeps at this bar.
CalibratedScore::Value silent_value();

/// The answer as a mix of the stack and of each member by itself, by weights that follow what each has cost on this series so
/// far (BOA): where one of them is better than what the stack learnt, the answer goes over to it, and it costs no more than a
/// bounded sum where the stack stays best (WeightRule).
///
/// The interval of p is the mix of theirs.
/// @param said [members, then the stack] calibrated; silent_value() for one that does not answer
/// @param weight [same] as OnlineWeights gives them   @param p the mixed probability
CalibratedScore::Value mixed_value(std::span<const CalibratedScore::Value> said, std::span<const double> weight, double p);
/// The mix at `row` from labels that end before it; remembers the bar. @pre rows increase; said.size() <= 64   @complexity no allocation
CalibratedScore::Value follow(OnlineWeights& weights, std::uint32_t row, std::span<const CalibratedScore::Value> said);

/// Weights over the members and the stack that wait for labels as long as the longest of `labels`.
OnlineWeights fresh_weights(std::size_t members, const LabelSet& labels);

/// Weights that have followed rows which neither members nor stack had learnt from.
/// @param score [rows] of the stack, each from earlier rows (MetaModel::fit)   @param out_p [rows] the mix at each
void follow_known_rows(OnlineWeights& weights, const MetaModel& meta, const MetaRows& rows, std::span<const double> score, std::span<double> out_p);

}  // namespace aitrading::models
