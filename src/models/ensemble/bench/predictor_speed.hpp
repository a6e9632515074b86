#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "kit/bench.hpp"

namespace aitrading::models {

/// What one bar costs on the way from the bar to the answer, and how many bars a second go through in bulk: every member of this build,
/// regimes included, over the hours of four real series up to 2018-02-01 (AITRADING_SHARED). The model is fitted once and kept
/// in ~/.cache/aitrading/bench.
/// @param trainer aitrading-train   @errors not_found (no shared data), failed
Result<std::vector<kit::BenchRow>> measure_predictor(const std::string& trainer);

}  // namespace aitrading::models
