#pragma once

#include <functional>
#include <optional>
#include <stop_token>

#include "base/result.hpp"
#include "decision/trading/strategy.hpp"
#include "domain/trade.hpp"
#include "ports/series_store/series_store.hpp"
#include "proving/backtest/engine.hpp"

namespace aitrading::backtest {

/// Streams of batches from a store, a file or memory; rows in order of time.
using BarStream = std::function<Result<void>(const ports::BarSink&)>;
using TickStream = std::function<Result<void>(const ports::TickSink&)>;

struct RunOptions {
    EngineOptions engine;
    SeriesKey series;                ///< of the bars that the strategy sees; `ticks`: every tick is a bar
    std::int64_t bar_nanos = 0;      ///< length of a bar; 0 = that of the timeframe
    std::optional<Price> spread;     ///< whole spread around the bars' prices, half of it on each side; unset = the
                                     ///< series' own ask or spread columns where it has them, else none
    std::int64_t trials = 1;         ///< parameter sets tried before this one
    std::uint64_t seed = 1;          ///< of the bootstrap
};

/// Bars alone: within a bar the worse order of high and low is assumed.
/// @errors bad_input (empty, unsorted, crossed, not positive: with row and field), interrupted, those of the stream
Result<RunResult> run_bars(const BarStream& bars, trading::Strategy& strategy, const RunOptions& options,
                           std::stop_token stop);

/// Ticks; bars of `options.series.timeframe` are built from the bid on the way and close when the first tick of a
/// later bar arrives. @errors as run_bars
Result<RunResult> run_ticks(const TickStream& ticks, trading::Strategy& strategy, const RunOptions& options,
                            std::stop_token stop);

/// Decides on `bars` but executes on the ticks or finer bars of the same market, so that the order of touch within a
/// bar is the real one; a bar without any finer data is executed by itself, worst case.
/// @pre `bars` fits into memory. @errors as run_bars
Result<RunResult> run_bars_on_ticks(const BarColumns& bars, const TickStream& ticks, trading::Strategy& strategy,
                                    const RunOptions& options, std::stop_token stop);
Result<RunResult> run_bars_on_bars(const BarColumns& bars, const BarStream& finer,
                                   trading::Strategy& strategy, const RunOptions& options, std::stop_token stop);

/// The quote bar of row i: around the price by half of `spread` where that is given, else from the columns.
trading::QuoteBar quote_bar(const BarColumns& bars, std::size_t i, const std::optional<Price>& spread);

}  // namespace aitrading::backtest
