#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"

namespace aitrading::insight {

/// Rows that have every value, copied together.
struct CompleteRows {
    std::vector<double> values;    ///< [rows x columns]
    std::size_t rows = 0, columns = 0;
    std::size_t left_out = 0;      ///< rows with a value that is not finite
    MatrixView view() const { return {values.data(), rows, columns, columns}; }
};
CompleteRows complete_rows(MatrixView rows);

/// A covariance pulled towards (mean variance) x identity.
struct ShrunkCovariance {
    std::vector<double> covariance;  ///< [columns x columns]
    double shrinkage = 0;            ///< 0: the sample's, 1: the target
};

/// Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices": columns centred, divisor
/// rows. Worth it where columns / rows is above about .1.
/// @errors bad_input (fewer than 2 rows; a value that is not finite: row and column named)   @complexity O(rows columns^2)
Result<ShrunkCovariance> ledoit_wolf(MatrixView rows);
/// Oracle approximating shrinkage, Chen, Wiesel, Eldar, Hero 2010, as scikit-learn states it. @errors, @complexity as above
Result<ShrunkCovariance> oracle_approximating(MatrixView rows);

/// The correlation matrix of a covariance. @errors bad_input (a variance that is not above 0: the series did not move, its
/// column is named)
Result<std::vector<double>> correlation_of(std::span<const double> covariance, std::size_t size);
/// Sample correlation, two passes. @errors bad_input (as ledoit_wolf, or a column that does not move)
Result<std::vector<double>> sample_correlation(MatrixView rows);

}  // namespace aitrading::insight
