#pragma once

#include <span>

#include "models/evaluation/panel.hpp"

namespace aitrading::models {

/// Confidence |p - 1/2| from which on a bar counts at each of the panel's coverages: quantiles over the predictions of all
/// earlier folds; the first fold takes those of `held_out`, its training window's own out-of-sample rows.
/// NaN where neither is there. @pre fold counts from 0 and never falls   @complexity O(folds n log n)
FrozenThresholds confidence_before_folds(std::span<const int> fold, std::span<const double> p,
                                         std::span<const double> held_out);

}  // namespace aitrading::models
