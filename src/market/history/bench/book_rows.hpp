#pragma once

#include <filesystem>
#include <vector>

#include "kit/bench.hpp"

namespace aitrading::market {

/// Order books on the recorded Binance streams (AITRADING_SHARED): applying, parsing, storing. Empty where they are absent.
std::vector<kit::BenchRow> measure_books(const std::filesystem::path& folder);
/// Several stored series as one stream in time order.
std::vector<kit::BenchRow> measure_replay(const std::filesystem::path& folder);

}  // namespace aitrading::market
