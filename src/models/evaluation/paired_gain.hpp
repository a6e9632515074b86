#pragma once

#include <cstdint>
#include <span>

namespace aitrading::models {

/// What one model's probabilities gain on another's over the same rows, in log loss.
struct PairedGain {
    std::int64_t n = 0;          ///< rows with a known label
    double before = 0, after = 0;  ///< log loss of each
    double gain = 0;             ///< before - after; above 0: the second is better
    double low = 0, high = 0;    ///< 95 % interval of the gain
    /// Better beyond what chance among these rows shows: the whole interval lies above 0.
    bool clear() const { return n > 0 && low > 0; }
};

/// Stationary block bootstrap of the row-by-row difference (Politis & Romano 1994), blocks as long as the differences depend on each
/// other (Politis & White 2004) and as the label's horizon at least.
/// @param y [rows] 0 or 1; NaN: not known, left out   @param before, after [rows] probabilities of 1, in time order
/// @pre equal lengths   @complexity O(rows sqrt(rows) + 1,000 rows / block)
PairedGain paired_gain(std::span<const float> y, std::span<const double> before, std::span<const double> after, int horizon, std::uint64_t seed);

}  // namespace aitrading::models
