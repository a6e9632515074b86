#pragma once

#include <span>

#include "domain/trade.hpp"

namespace aitrading::backtest {

/// Fills in the figures that judge a finished run: yearly Sharpe ratio of the daily returns (times the root of 252)
/// with its 95 % stationary-bootstrap interval, the same before costs, PSR, DSR and the shortest track record that
/// would prove it. The first day's return is measured from the starting cash.
/// Figures that cannot be computed carry the reason.
/// @param gross_days equity before costs at the end of each of `result.daily`
void judge(RunResult& result, std::span<const Money> gross_days, std::uint64_t seed);

}  // namespace aitrading::backtest
