#pragma once

#include <memory>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// The members that stand beside the trees where a series is asked for all of them: HAR where the label speaks of
/// volatility; with regimes on next_bar the Markov-switching regression, whose forecast speaks of the next bar's return
/// and so of no other label.
/// @param features without the learnt columns; those of SeriesRegimes stand behind them
/// @errors not_found (a volatility label and no HAR columns)
Result<std::vector<std::unique_ptr<Learner>>> members_beside_trees(const FeatureMatrix& features, const LabelSet& labels, bool with_regimes);

}  // namespace aitrading::models
