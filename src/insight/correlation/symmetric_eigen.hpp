#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace aitrading::insight {

/// A = V diag(values) V' of a symmetric matrix.
struct SymmetricEigen {
    std::vector<double> values;   ///< [size], falling
    std::vector<double> vectors;  ///< [size x size]: row k belongs to values[k], length 1, its largest entry above 0
};

/// By Jacobi's cyclic rotations (Golub and Van Loan, Matrix Computations, 8.5): small eigenvalues come out to the last digits,
/// and the same bits on every machine.
/// @param matrix [size x size], row-major; the lower triangle is read
/// @errors bad_input (a value that is not finite, row and column named)   @complexity O(size^3), 6 to 10 sweeps
Result<SymmetricEigen> symmetric_eigen(std::span<const double> matrix, std::size_t size);

/// V diag(values) V' back, [size x size].
std::vector<double> compose(const SymmetricEigen& eigen);

}  // namespace aitrading::insight
