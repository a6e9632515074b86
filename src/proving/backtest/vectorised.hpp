#pragma once

#include <stop_token>

#include "proving/backtest/driver.hpp"

namespace aitrading::backtest {

/// The same run column by column: first the rule's wish after every bar, then the fills at the places where it changes,
/// then the equity. Gives the fills, costs and hash of run_bars, for rules that only wish to be long, short or flat,
/// with market orders and without a margin check. Memory O(bars).
/// @errors usage (the rule is no TargetRule, margin or a lot step that does not divide the size), and those of run_bars
Result<RunResult> run_vectorised(const BarColumns& bars, trading::Strategy& strategy, Quantity size,
                                 const RunOptions& options, std::stop_token stop);

}  // namespace aitrading::backtest
