#pragma once

#include "apps/aitrading/backtest_options.hpp"
#include "apps/aitrading/backtest_source.hpp"
#include "apps/aitrading/commands.hpp"
#include "decision/trading/strategy.hpp"
#include "domain/market.hpp"

namespace aitrading::apps {

/// Whole bars in memory, for the ways of running that need to look ahead in time of the prices.
Result<BarColumns> collect_bars(const backtest::BarStream& stream, const SeriesKey& key);

/// Runs the strategy over the source in the way that `--mode` and `--intrabar` name.
/// @param size of the position, for the vectorised way   @errors usage, not_found, and those of the driver
Result<RunResult> run_as_asked(const BacktestOptions& options, const BacktestSource& source, trading::Strategy& strategy,
                               Quantity size, const backtest::RunOptions& run, const Context& context);

}  // namespace aitrading::apps
