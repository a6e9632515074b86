#pragma once

#include <cstddef>
#include <span>

#include "base/result.hpp"

namespace aitrading::insight {

/// Pearson correlation of two windows compared.
struct FisherTest {
    double before = 0, after = 0;   ///< correlations
    std::size_t rows_before = 0, rows_after = 0;
    double z = 0;                   ///< (atanh before - atanh after) / sqrt(1 / (n1 - 3) + 1 / (n2 - 3))
    double p = 1;                   ///< two-sided, if both windows hold independent normal rows
    double z_robust = 0, p_robust = 1;  ///< the same difference over deviations estimated from the rows, whatever their tails
};

/// Fisher's z test of equal correlation in two windows. Heavy tails make `p` reject too often; `p_robust` takes the variance
/// of each correlation from the mean square of its influence, u v - r (u^2 + v^2) / 2 of the standardised rows. Rows with a
/// missing value are left out.
/// @pre each window's x and y have equal length
/// @errors bad_input (fewer than 10 complete rows in a window, or a series that does not move there: said which)
Result<FisherTest> fisher_two_windows(std::span<const double> x_before, std::span<const double> y_before,
                                      std::span<const double> x_after, std::span<const double> y_after);
/// The test of two correlations alone. @pre |r| < 1, rows >= 4
FisherTest fisher_test(double before, std::size_t rows_before, double after, std::size_t rows_after);

/// Constancy of correlation in one window.
struct CusumTest {
    double statistic = 0;   ///< max over j of (j / sqrt(T)) |r_j - r_T| over its long-run deviation
    double p = 1;           ///< of the greatest distance of a Brownian bridge from 0
    std::size_t at = 0;     ///< complete rows before the likeliest break
    std::size_t row = 0;    ///< the same as a row of the input
    std::size_t rows = 0;   ///< T, complete rows
};

/// Wied, Kraemer and Dehling 2012, "Testing for a change in correlation at an unknown point in time": no break date, no law of
/// the tails, dependence in time allowed for by the Bartlett kernel over floor(ln T) lags. Judges a finished window: on line,
/// give it the trailing one.
/// @errors bad_input (fewer than 30 complete rows, a series that does not move)   @complexity O(rows ln rows)
Result<CusumTest> cusum_of_correlation(std::span<const double> x, std::span<const double> y);

/// P(greatest distance of a Brownian bridge from 0 > statistic): Kolmogorov's law.
double bridge_tail(double statistic);

/// Correlation of a stormy window as it would be at the calm window's variance (Forbes and Rigobon 2002):
/// rho / sqrt(1 + delta (1 - rho^2)). @param delta relative rise of the variance of the market the shock comes from, > -1
double forbes_rigobon(double rho, double delta);

/// Forbes and Rigobon's question over two windows: is the later correlation higher, or only the variance of x?
struct ContagionTest {
    double calm = 0, stormy = 0;    ///< correlations as measured
    double delta = 0;               ///< variance of x after / before - 1
    double adjusted = 0;            ///< stormy at the calm variance
    FisherTest raw, corrected;      ///< calm against stormy, calm against adjusted; their robust fields are not set
};
/// @errors as fisher_two_windows
Result<ContagionTest> contagion(std::span<const double> x_before, std::span<const double> y_before, std::span<const double> x_after,
                                std::span<const double> y_after);

}  // namespace aitrading::insight
