#pragma once

#include <cstddef>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"

namespace aitrading::insight {

/// Mean of each column. @pre rows >= 1
std::vector<double> column_means(MatrixView x);
/// Variance of each column over all rows (divided by their number). @pre rows >= 1
std::vector<double> column_variances(MatrixView x);

/// Whether rows can be learnt from. @param states 0: rows that are only looked at, so that few or constant ones are fine
/// @errors bad_input: fewer than 10 rows a state, a value that is not finite (row and column), a constant column
Result<void> check_observations(MatrixView x, std::size_t states);

}  // namespace aitrading::insight
