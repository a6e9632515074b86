#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "kit/bench.hpp"

namespace aitrading::insight {

/// What the regime models are worth on a real series, of which no regime is known: log-likelihood gain out of sample over one
/// state, agreement under refit, and the spread of Sharpe ratios by regime with what shifted labels show.
/// @param path bars as CSV; bars from `to` on are not looked at
Result<std::vector<kit::BenchRow>> measure_real_series(const std::string& path, UnixNanos to, int threads);

}  // namespace aitrading::insight
