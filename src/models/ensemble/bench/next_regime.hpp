#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "kit/bench.hpp"

namespace aitrading::models {

/// The next-regime classifier on a synthetic market: learnt from smoothed states of the first `train` bars, judged by the hidden
/// regime 1 and 10 bars ahead on the next `test`. Persistence is the filter's most likely state at the bar itself.
Result<std::vector<kit::BenchRow>> next_regime_of_market(const std::string& market, std::uint64_t seed, std::size_t train,
                                                         std::size_t test, int threads);

/// The same on real bars, purged walk-forward: learnt from hindsight labels of the training rows alone, judged by hindsight labels
/// of all bars before `to`, 1 and 24 bars ahead. Persistence is the online rules' regime, and the same classifier asked for now.
Result<std::vector<kit::BenchRow>> next_regime_of_series(const std::string& path, UnixNanos to, int threads);

}  // namespace aitrading::models
