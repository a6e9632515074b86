#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "proving/backtest/driver.hpp"

namespace aitrading::backtest {

/// A CSV file given by `--input`, with its header line: bars `time,open,high,low,close[,volume][,spread]` or
/// `time,bid,ask[,bid_size,ask_size]`, in any order of columns, further columns ignored. Times ISO 8601 UTC or UNIX
/// seconds to nanoseconds.
struct InputFile {
    std::filesystem::path path;
    bool ticks = false;
    int digits = 0;              ///< most decimals of a price among the first rows
    std::int64_t bar_nanos = 0;  ///< most frequent distance between the first rows; 0 for ticks
};

/// Looks at the first thousand rows. @errors not_found, bad_input (no header, columns missing, no rows)
Result<InputFile> inspect_input(const std::filesystem::path& path);

/// Streams the rows whose time lies in `range`, memory bounded by one batch. Rows are only read here; whether they are
/// sound is judged by the run. @errors bad_input with line and field
BarStream bars_of(const InputFile& input, const SeriesKey& key, TimeRange range);
/// The sizes of quotes are left out: a back-test has no use for them.
TickStream ticks_of(const InputFile& input, const SeriesKey& key, TimeRange range);

}  // namespace aitrading::backtest
