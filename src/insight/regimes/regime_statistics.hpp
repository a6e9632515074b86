#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "insight/regimes/regime.hpp"

namespace aitrading::insight {

/// Stays and changes of a labelled series. Bars before the first known regime are not counted.
struct RegimeStatistics {
    std::array<std::int64_t, regime_kinds> bars{}, stays{};  ///< [regime - 1]
    std::array<std::array<std::int64_t, regime_kinds>, regime_kinds> moves{};  ///< [from][to] from bar to bar
    std::int64_t known = 0;

    /// Mean length of a stay in bars; 0 for a regime that never came.
    double mean_stay(std::size_t regime) const;
    /// Share of bars in `from` after which `to` came; 0 where `from` never came.
    double transition(std::size_t from, std::size_t to) const;
};

RegimeStatistics regime_statistics(std::span<const Regime> regimes);

}  // namespace aitrading::insight
