#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "insight/features/feature_set.hpp"
#include "models/ensemble/fitted_ensemble.hpp"
#include "models/ensemble/rule_regimes.hpp"

namespace aitrading::models {

/// A real series and what a predictor of it needs.
struct ServedSeries {
    BarColumns bars;
    RuleRegimeOptions rules;
    insight::FeatureOptions features;
};

/// Hours of EURUSD, GBPUSD, USDJPY and gold up to 2018-02-01 with their volume, without spreads: one manifest for all.
/// @errors not_found (AITRADING_SHARED), bad_input
Result<std::vector<ServedSeries>> served_series();

/// Every member of the build on the first 20,000 hours of a series, trees at their default count, nets at their default width for two
/// epochs, regimes as columns and as a member, weights that follow the series. Kept in a file after the first time.
Result<FittedEnsemble> served_model(const ServedSeries& series, const std::string& trainer);

}  // namespace aitrading::models
