#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"
#include "insight/correlation/garch.hpp"

namespace aitrading::insight {

/// Dynamic conditional correlation, DCC(1,1) (Engle 2002): Q_{t+1} = (1 - a - b) target + a e_t e_t' + b Q_t from Q_1 = target,
/// e the margins' standardised returns; the correlation is Q scaled to unit diagonal.
struct DccLaw {
    std::vector<GarchLaw> margins;
    std::vector<double> target;  ///< [series x series], positive definite
    double a = 0, b = 0;         ///< >= 0, a + b < 1
};

/// The recursion of Q alone.
class DccRecursion {
  public:
    /// @errors usage (a, b or sizes out of range), bad_input (target not positive definite: its column is named)
    static Result<DccRecursion> of(std::span<const double> target, std::size_t series, double a, double b);
    /// Takes the standardised row. NaN: the product expected of it, the correlation so far, stands in, which tells nothing.
    void update(std::span<const double> standardised);
    /// Correlation of the next row, packed; valid until the next update.
    std::span<const double> pairs() const { return pairs_; }

  private:
    DccRecursion(std::span<const double> target, std::size_t series, double a, double b);
    void scale();
    std::size_t series_;
    double a_, b_;
    std::vector<double> target_, q_, pairs_;  ///< packed lower triangles, target_ and q_ with the diagonal
};

/// The whole law, one row at a time: what it says of the row after the last one.
class DccFilter {
  public:
    /// @errors as DccRecursion::of, usage (a margin out of range)
    static Result<DccFilter> of(const DccLaw& law);
    /// Takes a row of returns; a value that is not finite is missing: variance and correlations move to what was expected.
    /// Returns the correlations of the NEXT row, packed. @pre row.size() == series   @complexity O(series^2), no allocation
    std::span<const double> update(std::span<const double> row);
    std::span<const double> pairs() const { return recursion_.pairs(); }
    /// Variance of the next return of one series.
    double variance(std::size_t i) const { return variance_[i]; }

  private:
    DccFilter(const DccLaw& law, DccRecursion recursion);
    std::vector<GarchLaw> margins_;
    DccRecursion recursion_;
    std::vector<double> variance_, standardised_;
};

struct DccFit {
    DccLaw law;
    std::vector<GarchFit> margins;
    double correlation_log_likelihood = 0;  ///< -1/2 sum (ln |R| + e' R^-1 e - e'e): 0 at no correlation
    std::size_t rows = 0, left_out = 0;     ///< rows used; rows with a missing value
    int evaluations = 0;
    bool converged = false;
    bool at_boundary = false;               ///< a about 0 or a + b about 1: correlations that do not move explain as much
};

/// Two-step quasi maximum likelihood: margins by fit_garch, target = mean of e e', then a and b. Rows with a missing value are left
/// out and counted.
/// @errors usage (fewer than two series), bad_input (fit_garch's with the column; a series that others make up: its column
///         is named)   @complexity O(evaluations x rows x series^3), about 100 evaluations
Result<DccFit> fit_dcc(MatrixView returns);

/// The correlation part of the log likelihood at a and b. @param standardised [rows x series]   @pre as DccRecursion::of
double dcc_log_likelihood(MatrixView standardised, std::span<const double> target, double a, double b);

}  // namespace aitrading::insight
