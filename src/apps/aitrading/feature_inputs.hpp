#pragma once

#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "insight/features/feature_set.hpp"

namespace aitrading::apps {

/// A set of features as it fits one stored series, and the other markets that it looks at.
struct FeatureInputs {
    insight::FeatureSet set;
    std::vector<insight::CrossSeries> cross;

    Result<FeatureMatrix> compute(const BarColumns& bars) const { return set.compute(bars, cross); }
};

/// `default`: what the models see, the series alone. `wide`: more groups, and beside the series the dollar index from its
/// stored legs, gold, stocks, and the symbols of `with`, all of the same timeframe; what is not stored is absent with its
/// reason. The dollar index and gold are left out where they are the series itself.
/// @errors usage (another set, `with` without wide), not_found (a symbol of `with`), failed
Result<FeatureInputs> feature_inputs(const std::string& set, const std::vector<std::string>& with, const BarColumns& bars,
                                     const Context& context);

}  // namespace aitrading::apps
