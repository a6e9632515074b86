#pragma once

#include <vector>

#include "kit/bench.hpp"

namespace aitrading::models {

/// What the pieces behind the members cost: calibrators, Venn-Abers, intervals, one row through a whole
/// ensemble.
std::vector<kit::BenchRow> measure_speed();

}  // namespace aitrading::models
