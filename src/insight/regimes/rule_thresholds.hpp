#pragma once

#include <cmath>

#include "insight/features/candle.hpp"

namespace aitrading::insight {

// Entry thresholds of specs, ml 3.
inline constexpr double crisis_share = 0.97, crisis_spread_z = 3, crisis_illiquidity = 0.97;
inline constexpr double break_atr = 0.5, break_band = 0.25, break_volume_z = 1;
inline constexpr double reversal_run = 0.5, reversal_turn = 4;
inline constexpr double strong_adx = 30, strong_efficiency = 0.5, strong_t = 4;
inline constexpr double weak_adx = 20, weak_efficiency = 0.25, weak_t = 2;
inline constexpr double release_move = 4;
// What takes part where thresholds are adaptive: shares of the reference window.
inline constexpr double strong_adx_share = 0.9, strong_efficiency_share = 0.95, weak_adx_share = 0.7, weak_efficiency_share = 0.8;
inline constexpr double volatile_share = 0.85, wide_share = 0.5, range_efficiency = 0.25, quiet_share = 0.15;

/// Whether its prices are positive and finite, its high is not below its low and its volume is a number.
inline bool is_bar(const Candle& bar) {
    for (const double price : {bar.open, bar.high, bar.low, bar.close})
        if (!(std::isfinite(price) && price > 0)) return false;
    return bar.high >= bar.low && !std::isnan(bar.volume);
}

}  // namespace aitrading::insight
