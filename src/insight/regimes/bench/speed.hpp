#pragma once

#include <vector>

#include "kit/bench.hpp"

namespace aitrading::insight {

/// An EM iteration beside hmmlearn's in the same run, and what a bar costs online. Processor time of one thread.
std::vector<kit::BenchRow> measure_speed();

}  // namespace aitrading::insight
