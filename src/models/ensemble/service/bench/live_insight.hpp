#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "kit/bench.hpp"

namespace aitrading::models {

/// What regimes and correlation cost in the running service: processor time a bar with everything around it (message, envelope, topic,
/// journal's queue aside), time from a bar to its event, and how long predictions take with both beside and without.
/// @param trainer program that fits the nets of the model once @errors failed; what was measured before stays in rows
Result<void> live_insight(const std::string& trainer, std::vector<kit::BenchRow>& rows);

}  // namespace aitrading::models
