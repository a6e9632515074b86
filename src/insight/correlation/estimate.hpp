#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aitrading::insight {

/// Pearson correlation with its 95 % interval by Fisher's z; NaN where it is not known.
struct CorrelationEstimate {
    double value, low, high;
    std::size_t n = 0;  ///< rows that have both
    bool known() const { return value == value; }
    /// True where something is known and the interval leaves zero out.
    bool excludes_zero() const { return known() && (low > 0 || high < 0); }
};

/// The interval of a correlation that was measured over n rows: tanh(atanh r -+ 1.96 / sqrt(n - 3)). It takes the rows as
/// independent and normal; fat tails make it too short. Source: Fisher 1921. Fewer than four rows: unknown.
CorrelationEstimate with_interval(double correlation, std::size_t n);

/// Over the rows in which both values are finite. Fewer than four such rows, or a side that never moves: unknown.
/// @param lag_rows the second is taken that many rows later   @pre equal lengths   @complexity O(rows), two passes
CorrelationEstimate correlation_estimate(std::span<const double> first, std::span<const double> second, std::size_t lag_rows = 0);

/// Two-sided p-value of no correlation, by Fisher's z.
double p_value(const CorrelationEstimate& estimate);

}  // namespace aitrading::insight
