#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/model.hpp"
#include "insight/features/cross_series.hpp"

namespace aitrading::insight {

/// The instant rounded up to a multiple of the step since 1970 (UTC); step 0: as it is.
std::int64_t cell_end(std::int64_t at, std::int64_t step);

/// Which instants become rows.
enum class GridRule : std::uint8_t {
    any,  ///< each instant at which at least one series has a close; the others have a missing value there
    all,  ///< only instants at which every series has a close; returns then span the closes between
};

struct AlignOptions {
    GridRule rule = GridRule::any;
    /// 0: closes meet only where their instants are equal. Otherwise an instant is rounded UP to a multiple of this since
    /// 1970 (UTC), so that clocks which differ by less meet; the last close of a cell counts, the cell is known at its end.
    std::int64_t step_nanos = 0;
    /// The instants that count, after rounding. A close before the range serves as the price that the first return leaves.
    TimeRange range;
    /// With `any`: whether a return over rows that its series missed is kept (at the row that ends it) or is missing too.
    bool keep_returns_across_gaps = true;
};

/// What became of one series.
struct SeriesCoverage {
    std::string name;
    std::size_t closes = 0;       ///< given
    std::size_t bad = 0;          ///< left out: not finite or not above 0
    std::size_t outside = 0;      ///< left out: after the range, or before it
    std::size_t superseded = 0;   ///< left out: a later close lies in the same cell
    std::size_t not_common = 0;   ///< left out: at an instant that is no row (rule `all`)
    std::size_t returns = 0;      ///< rows with a value
    std::size_t missing = 0;      ///< rows without
    std::size_t across_gaps = 0;  ///< returns that span at least one row which the series missed, kept or not
    std::size_t missing_at_end = 0;  ///< rows after its last close: not 0 where a symbol has stopped
    UnixNanos first{}, last{};    ///< of the closes used; equal to {} where there is none
};

/// Log returns of K series on one grid of instants, row-major; NaN where a value is missing. A row is built from closes
/// known at `known` or before and from nothing later: cutting the input at an instant leaves the rows up to it as they are.
struct AlignedReturns {
    std::vector<std::string> names;       ///< [columns]
    std::string rule;                     ///< in words, to be printed beside any figure made of it
    std::vector<UnixNanos> known;         ///< [rows], increasing
    std::vector<double> values;           ///< [rows x columns]
    std::vector<SeriesCoverage> coverage; ///< [columns]
    std::size_t complete = 0;             ///< rows with every value: 0 where clocks never meet (then ask for a step)

    std::size_t rows() const { return known.size(); }
    std::size_t columns() const { return names.size(); }
    std::span<const double> row(std::size_t i) const { return {values.data() + i * columns(), columns()}; }
    MatrixView view() const { return {values.data(), rows(), columns(), columns()}; }
    /// One column as a copy.
    std::vector<double> column(std::size_t j) const;
};

/// Brings series of different sessions and clocks onto one grid. A return is ln(close / the series' close before it among
/// the instants of the grid) and stands at the row of the later close; nothing is ever filled in. Rows without any return
/// are not made.
/// @errors usage (fewer than two series, a name twice, step < 0), bad_input (instants not increasing: series and row are
///         named; a series without a usable close)   @complexity O(closes log series)
Result<AlignedReturns> aligned_returns(std::span<const CrossSeries> series, const AlignOptions& options = {});

}  // namespace aitrading::insight
