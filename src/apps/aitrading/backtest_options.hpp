#pragma once

#include <cstdint>
#include <string>

#include "apps/aitrading/commands.hpp"
#include "base/result.hpp"
#include "domain/trade.hpp"
#include "proving/backtest/driver.hpp"

namespace aitrading::apps {

/// The words of `backtest` as typed.
struct BacktestOptions {
    std::string symbol, timeframe, input, strategy;
    std::string mode = "event", fill = "next_open", intrabar = "worst", bars;
    std::string spread, commission = "0", slippage = "0", swap = "0", lots = "0.1", lot_step, cash = "10000";
    std::string from, to, report, stop_out = "0%";
    std::int64_t leverage = 0, trials = 1;
    bool contract_lots = false;
};

/// `--from` and `--to`. @errors bad_input, usage (nothing lies between)
Result<TimeRange> range_of(const BacktestOptions& options);

/// The prices' unit decides what a pip is; everything else comes from the options.
/// @errors usage, with the option
Result<backtest::RunOptions> run_options(const BacktestOptions& options, const SeriesKey& series, int digits, const Context& context);

/// Puts what the run assumed before the notes of the result.
void add_notes(RunResult& result, const BacktestOptions& options, const backtest::RunOptions& run);

}  // namespace aitrading::apps
