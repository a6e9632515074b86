#pragma once

#include <vector>

#include "kit/bench.hpp"

namespace aitrading::models::bench {

/// Cost of the Shapley values of one row beside the libraries' own.
std::vector<kit::BenchRow> explanation_rows();

}  // namespace aitrading::models::bench
