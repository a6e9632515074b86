#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "domain/market.hpp"

namespace aitrading::models {

/// Return in bp of one unit from the close of each entry's row to the close of the next entry's row; the last
/// one to the next bar, 0 where there is none. Fills `realised` with the opening time of the bar whose close
/// ends it.
struct HeldReturns {
    std::vector<double> return_bp;
    std::vector<UnixNanos> realised;
};
HeldReturns held_returns(const BarColumns& bars, std::span<const std::uint32_t> rows);

/// What a fill of one unit costs.
struct FillCosts {
    double spread = 0;               ///< whole spread in price; a fill pays half of it
    double commission_share = 0;     ///< of notional (20/million = 2e-5)
    double commission_per_unit = 0;  ///< in price (7 a lot of 100,000 units = 7e-5)
};

/// Cost in bp of trading one unit at each row's close: half of the spread and the commission.
std::vector<double> unit_costs_bp(const BarColumns& bars, std::span<const std::uint32_t> rows, const FillCosts& costs);

/// The median spread at the bars' closes where the series tells it, by its own column or its ask side; else
/// `otherwise`. @complexity O(bars)
Price usual_spread(const BarColumns& bars, Price otherwise);

}  // namespace aitrading::models
