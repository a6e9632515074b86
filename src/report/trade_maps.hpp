#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/trade.hpp"
#include "report/heat_map.hpp"
#include "report/picture.hpp"
#include "report/regime_path.hpp"

namespace aitrading::report {

/// Net profit of a trade by the regime of the last bar closed before it opened and the hour. Empty where no regime is known.
HeatMap profit_by_regime_and_hour(const std::vector<Trade>& trades, const RegimePrices& series, const std::string& currency);

/// Net profit of a trade by the hour and weekday (UTC) in which it was opened.
HeatMap profit_by_hour_and_weekday(const std::vector<Trade>& trades, const std::string& currency);
/// The same by month of the year, for bars that all open at one hour.
HeatMap profit_by_month_and_weekday(const std::vector<Trade>& trades, const std::string& currency);

/// The pictures of "where it worked" for trades; those without a filled cell are left out.
/// @param all_trades of the run, of which `trades` may be the first ones only
std::vector<Picture> trade_maps(const std::vector<Trade>& trades, std::int64_t all_trades, const std::string& currency);

/// By regime, and by regime and hour where a cell holds five trades; empty where no trade has a known regime.
std::vector<Picture> regime_trade_maps(const std::vector<Trade>& trades, const RegimePrices& series, const std::string& currency);

}  // namespace aitrading::report
