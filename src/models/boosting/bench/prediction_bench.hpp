#pragma once

#include <vector>

#include "kit/bench.hpp"

namespace aitrading::models::bench {

/// Single rows through the flat forests and through the libraries' own C interfaces, in turns.
std::vector<kit::BenchRow> prediction_rows();

/// Training through the learners and through the same libraries from Python, in turns.
std::vector<kit::BenchRow> training_rows();

}  // namespace aitrading::models::bench
