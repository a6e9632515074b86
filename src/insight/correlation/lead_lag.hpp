#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "insight/correlation/hayashi_yoshida.hpp"

namespace aitrading::insight {

struct LeadLagOptions {
    std::int64_t step_nanos = nanos_per_second / 2;
    std::int64_t farthest_nanos = 10 * nanos_per_second;
    int blocks = 20;  ///< equal spans of time for the intervals, >= 2
};

/// Which market moves first, by the Hayashi-Yoshida correlation with one market's clock shifted.
struct LeadLag {
    std::vector<std::int64_t> lag;     ///< nanoseconds; above zero: the second follows the first
    std::vector<double> correlation;   ///< at each lag
    std::vector<double> half_width;    ///< 95 %, jackknife over blocks of time
    std::size_t best = 0;              ///< index of the greatest absolute correlation
    /// Sum of squared correlations at positive lags by that at negative ones: above 1 the first leads.
    double ratio = 0;
    int blocks = 0, blocks_first_leads = 0;  ///< blocks with a move in both, and those whose own ratio is above 1
    std::int64_t best_lag() const { return lag[best]; }
    /// Two-sided sign test of "in half of the blocks the first leads".
    double p_value() const;
};

/// The shifted contrast over a symmetric grid of lags.
/// Source: Hoffmann, Rosenbaum and Yoshida 2013; ratio: Huth and Abergel 2014.
/// @errors bad_input (the grid is empty or longer than 100,001 lags, the markets do not overlap in time, a market did not move)
/// @complexity O(lags (n + m)); `threads` share the lags, the result is the same for any number
Result<LeadLag> lead_lag(const TickPath& first, const TickPath& second, const LeadLagOptions& options, int threads = 1);

}  // namespace aitrading::insight
