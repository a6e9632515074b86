#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "ports/series_store/series_store.hpp"
#include "proving/backtest/driver.hpp"

namespace aitrading::apps {

/// Where a back-test takes its prices from, told before its rows are read.
struct BacktestSource {
    SeriesKey series;
    int digits = 5;
    std::int64_t bar_nanos = 0;
    bool ticks = false;
    bool two_sided = false;        ///< its bars carry an ask or a spread of their own
    TimeRange range;
    backtest::BarStream bars;      ///< where it has bars
    backtest::TickStream quotes;   ///< where it has ticks
};

/// A series of the home. @errors usage (no series named), not_found (with what there is)
Result<BacktestSource> stored_source(const std::filesystem::path& home, const std::string& symbol,
                                     const std::string& timeframe, TimeRange range);
/// A file of bars or ticks; its symbol is `symbol` or what the file's name says. @errors as backtest::inspect_input
Result<BacktestSource> file_source(const std::filesystem::path& path, const std::string& symbol, TimeRange range);
/// The stored ticks or minutes of the same symbol and span. @errors not_found
Result<BacktestSource> finer_source(const std::filesystem::path& home, const BacktestSource& source,
                                    Timeframe timeframe);

}  // namespace aitrading::apps
