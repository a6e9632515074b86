#pragma once

#include <string>
#include <vector>

#include "domain/trade.hpp"
#include "report/facts.hpp"
#include "report/heat_map.hpp"
#include "report/regime_path.hpp"

namespace aitrading::report {

/// Gain of the model's answers over always giving the more frequent one, on the same bars, in percentage points.
/// Overlapping labels are not independent: their intervals are too short, which the caller says.
HeatMap gain_by_hour_and_weekday(const ScoredBars& bars);
HeatMap gain_by_year_and_month(const ScoredBars& bars);
/// Empty where no regime is known.
HeatMap gain_by_regime_and_hour(const ScoredBars& bars);
HeatMap gain_by_regime_and_month(const ScoredBars& bars);
HeatMap gain_by_weekday_and_month(const ScoredBars& bars);

/// Net profit of a trade by the regime of the last bar closed before it opened and the hour. Empty where no regime is known.
HeatMap profit_by_regime_and_hour(const std::vector<Trade>& trades, const RegimePrices& series, const std::string& currency);

/// Net profit of a trade by the hour and weekday (UTC) in which it was opened.
HeatMap profit_by_hour_and_weekday(const std::vector<Trade>& trades, const std::string& currency);
/// The same by month of the year, for bars that all open at one hour.
HeatMap profit_by_month_and_weekday(const std::vector<Trade>& trades, const std::string& currency);

/// The pictures of "where it worked" for predictions; those without a filled cell are left out.
/// @param overlap true where labels reach over several bars
std::vector<Picture> prediction_maps(const ScoredBars& bars, bool overlap);
std::vector<Picture> trade_maps(const std::vector<Trade>& trades, std::int64_t all_trades, const std::string& currency);

/// By regime, and by regime and hour where a cell holds five trades; empty where no trade has a known regime.
std::vector<Picture> regime_trade_maps(const std::vector<Trade>& trades, const RegimePrices& series, const std::string& currency);

}  // namespace aitrading::report
