#pragma once

#include <string>

#include "domain/market.hpp"
#include "domain/trade.hpp"
#include "report/picture.hpp"

namespace aitrading::report {

// The pictures of one run. Each may refer to `result` and `prices` until it is drawn.

/// 95 % half width of the final profit, from the daily changes of equity taken as independent; NaN below two days.
double profit_half_width(const RunResult& result);

/// Equity over the cone that luck alone would reach, drawdown under it on the same time axis. @pre daily not empty
Picture equity_picture(const RunResult& result, const std::string& currency);

/// From gross profit over each cost to net. @pre trades > 0
Picture waterfall_picture(const RunResult& result, const std::string& currency);

/// Price over the whole span and profit of the trades under it. A bounded number of elements for any number of bars.
/// @pre prices not empty
Picture price_picture(const RunResult& result, const BarColumns& prices, const std::string& currency);

/// The last trades close up, with entries and exits. @pre prices and trade_list not empty
Picture close_up_picture(const RunResult& result, const BarColumns& prices, const std::string& currency);

/// Return of each month from daily equity, years down, months across.
struct MonthlyReturns {
    DataTable table;
    std::string title, subtitle;
};
/// @pre daily not empty
MonthlyReturns monthly_returns(const RunResult& result);

}  // namespace aitrading::report
