#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "insight/correlation/pairs.hpp"

namespace aitrading::insight {

struct EwmaOptions {
    double lambda = 0.94;         ///< weight kept a row, in (0, 1): .94 for days, .97 and more within the day (RiskMetrics)
    std::size_t rows_min = 0;     ///< rows with both series that a pair needs; 0: 1 / (1 - lambda), rounded up
    std::size_t stale_after = 0;  ///< rows without both series, or without a move, after which a pair is not available; 0: 3 rows_min
};

/// Exponentially weighted correlation of every pair, one row at a time: s <- lambda s + (1 - lambda) x y of raw products
/// (returns have next to no mean), begun at a pair's first row. Covariance and both variances of a pair run over the same
/// rows, those that have both, so that |correlation| <= 1 whatever is missing.
class EwmaCorrelation {
  public:
    /// @errors usage (fewer than two series, lambda out of range)
    static Result<EwmaCorrelation> of(std::size_t series, const EwmaOptions& options);

    /// Takes the next row; a value that is not finite is missing and leaves its pairs as they were. Returns the pairs,
    /// packed, NaN where not available; valid until the next call. @pre row.size() == series   @complexity O(series^2)
    std::span<const double> update(std::span<const double> row);
    std::span<const double> pairs() const { return pairs_; }
    /// The whole matrix; 1 on the diagonal, NaN there where the series itself is not available.
    void matrix(std::span<double> out) const;
    Missing why(std::size_t i, std::size_t j) const { return missing_[pair_index(i, j)]; }
    /// Weighted mean of squares of one series over the rows that it has; NaN before the first.
    double variance(std::size_t i) const { return variance_[i]; }
    std::size_t series() const { return variance_.size(); }

  private:
    struct Pair {
        double product = 0, square_i = 0, square_j = 0;
        std::size_t rows = 0, last = 0;  ///< last: number of the latest row with both
    };
    EwmaCorrelation(std::size_t series, const EwmaOptions& options);
    void blend(Pair& pair, double x, double y) const;
    Missing state(const Pair& pair, std::size_t i, std::size_t j) const;

    EwmaOptions options_;
    std::size_t row_ = 0;
    std::vector<Pair> state_;
    std::vector<double> pairs_, variance_, last_;
    std::vector<std::size_t> run_, rows_, seen_;  ///< [series] equal values in a row; rows present; number of the latest
    std::vector<Missing> missing_;
};

}  // namespace aitrading::insight
