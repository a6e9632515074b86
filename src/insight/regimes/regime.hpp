#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace aitrading::insight {

inline constexpr std::size_t regime_kinds = 12;

/// The twelve regimes, numbered as in specs, ml 3. `unknown` before the features are warm.
enum class Regime : int {
    unknown = 0,
    strong_trend_up = 1,
    weak_trend_up,
    strong_trend_down,
    weak_trend_down,
    tight_range,
    wide_range,
    quiet,
    volatile_market,
    breakout_up,
    breakout_down,
    reversal,
    crisis
};

inline constexpr std::array<std::string_view, regime_kinds + 1> regime_names{
    "unknown",    "strong trend up", "weak trend up", "strong trend down", "weak trend down", "tight range", "wide range",
    "quiet",      "volatile",        "breakout up",   "breakout down",     "reversal",        "crisis"};

inline std::string_view name(Regime regime) { return regime_names[static_cast<std::size_t>(regime)]; }

}  // namespace aitrading::insight
