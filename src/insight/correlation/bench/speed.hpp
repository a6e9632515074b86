#pragma once

#include <vector>

#include "kit/bench.hpp"

namespace aitrading::insight {

using kit::best_of;
using kit::thread_seconds;

/// Rolling, EWMA, DCC and the single-matrix methods.
std::vector<kit::BenchRow> measure_matrices();
/// How often the tests of breaks reject where nothing broke.
std::vector<kit::BenchRow> measure_breaks();
/// Asynchronous ticks: the gates of the specification and what they cost.
std::vector<kit::BenchRow> measure_ticks();

}  // namespace aitrading::insight
