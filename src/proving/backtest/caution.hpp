#pragma once

#include <optional>
#include <string>

#include "domain/trade.hpp"

namespace aitrading::backtest {

/// Hours (UTC) around the FX rollover, in which spreads widen: [first, last).
inline constexpr int rollover_hour_first = 19, rollover_hour_last = 24;

/// A series of one side only swings with the spread around the rollover, and a fixed `--spread` does not. Where most of
/// a profit comes from trades decided in those hours, it cannot be had by trading: says so with both amounts.
/// Nothing where there was no profit, or not every trade is listed. Source: specs, ml 10.1.
/// @param one_sided the series has neither ask nor spread of its own
std::optional<std::string> rollover_caution(const RunResult& result, bool one_sided);

}  // namespace aitrading::backtest
