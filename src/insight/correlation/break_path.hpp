#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace aitrading::insight {

struct BreakWindows {
    std::size_t before = 240, after = 60;  ///< rows of the two windows of Fisher's z, the later one ending at the row judged
    std::size_t cusum = 240;               ///< rows of the trailing window of the CUSUM
    std::size_t every = 1;                 ///< judge every n-th row
};

/// What the tests of breaks.hpp say at one row, from that row and those before it. NaN where a test is not available.
struct BreakRow {
    std::size_t row = 0;
    double before = 0, after = 0;   ///< correlations of the two windows
    double p_fisher = 0, p_robust = 0;
    double adjusted = 0;            ///< `after` at the variance that x had `before` (Forbes and Rigobon)
    double p_adjusted = 0;          ///< Fisher's z of `before` against `adjusted`
    double p_cusum = 0;
    std::size_t cusum_row = 0;      ///< row at which the CUSUM places its break
};

/// The tests at every n-th row once the windows are full. Each p is of one look: whoever looks at every row and acts on the
/// least must ask for much less than 5 %.
/// @pre x and y of equal length   @errors usage (a window too short for its test, every 0)
/// @complexity O(rows / every x (before + after + cusum))
Result<std::vector<BreakRow>> break_path(std::span<const double> x, std::span<const double> y, const BreakWindows& windows = {});

}  // namespace aitrading::insight
