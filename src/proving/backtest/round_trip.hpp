#pragma once

#include "base/fixed.hpp"
#include "domain/market.hpp"
#include "proving/backtest/driver.hpp"

namespace aitrading::backtest {

/// What opening and closing one unit costs at the last price, as a price difference: whole spread (as asked, else the
/// series' last one), fixed slippage and commission of both fills. Slippage that depends on the quote or on chance is
/// left out, and so are the prices of an empty series.
Price round_trip_cost(const RunOptions& run, const BarColumns& bars);

}  // namespace aitrading::backtest
