#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"
#include "insight/correlation/moment_sums.hpp"
#include "insight/correlation/pairs.hpp"

namespace aitrading::insight {

struct RollingOptions {
    std::size_t window = 240;  ///< rows, >= 3
    std::size_t rows_min = 0;  ///< rows with both series that a pair needs, >= 3; 0: the whole window
};

/// Pearson correlation of every pair over the last `window` rows, one row at a time. A value that is not finite is
/// missing: each pair uses the rows that have both.
///
/// Numerics: sums about an offset near the mean are slid. A second set of sums only ever adds and takes over as soon as it
/// spans the window, so that rounding never gathers over more than two windows and no single update pays for a recompute.
/// When a value leaves that outweighs what stays a millionfold, or an offset has lost the mean, the sums are computed anew
/// from the window.
class RollingCorrelation {
  public:
    /// @errors usage (fewer than two series, window or rows_min out of range)
    static Result<RollingCorrelation> of(std::size_t series, const RollingOptions& options);

    /// Takes the next row. Returns the pairs, packed as in pairs.hpp, NaN where not available; valid until the next call.
    /// @pre row.size() == series   @complexity O(series^2) whatever the window, no allocation
    std::span<const double> update(std::span<const double> row);
    /// As update, into `out`. @pre out.size() == pair_count(series)
    void update_into(std::span<const double> row, std::span<double> out);

    std::span<const double> pairs() const { return pairs_; }
    /// The whole matrix after the last update; 1 on the diagonal, NaN there too where a series did not move.
    void matrix(std::span<double> out) const;
    /// Why a pair of the last update is not available. @pre i != j
    Missing why(std::size_t i, std::size_t j) const;
    /// Rows of the window that have both series.
    std::size_t rows(std::size_t i, std::size_t j) const { return static_cast<std::size_t>(sums_.pair(i, j).rows); }
    std::size_t series() const { return series_; }

  private:
    RollingCorrelation(std::size_t series, const RollingOptions& options);
    void take(std::span<const double> row);
    void meet_new();
    bool ill_conditioned() const;
    void recompute();
    void hand_over();
    void watch_runs(const double* row);
    bool outweighs(const double* gone) const;
    struct Known {
        double value;
        Missing missing;
    };
    Known pair(std::size_t i, std::size_t j) const;
    void fill_complete(std::span<double> out);

    std::size_t series_;
    RollingOptions options_;
    std::vector<double> ring_;      ///< [window x series]
    std::size_t next_ = 0;          ///< row of the ring that is written next
    std::size_t filled_ = 0;        ///< rows of the ring in use
    std::size_t since_recompute_ = 0;  ///< rows; a recompute for a bad offset waits an eighth of a window after the last
    MomentSums sums_, fresh_;
    std::vector<double> pairs_, inverse_, offset_, row_;
    std::vector<double> last_;      ///< [series] last value present
    std::vector<std::size_t> run_;  ///< [series] how many values in a row were equal to it
};

/// RollingCorrelation over all rows. @param out [rows x pair_count(columns)]   @errors as RollingCorrelation::of
Result<void> rolling_correlations(MatrixView rows, const RollingOptions& options, std::span<double> out);

}  // namespace aitrading::insight
