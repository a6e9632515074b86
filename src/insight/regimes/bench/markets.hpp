#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kit/bench.hpp"

namespace aitrading::insight {

/// The switching regression alone on a synthetic market: fitted on the first `train` bars, judged on the next `test` by
/// the exact filter's probabilities and the hidden regimes. @param market strong, realistic or other
/// @param start_rows as in MarkovSwitchingOptions
std::vector<kit::BenchRow> measure_market(const std::string& market, std::uint64_t seed, std::size_t train,
                                          std::size_t test, std::size_t start_rows, int threads);

}  // namespace aitrading::insight
