#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "proving/backtest/driver.hpp"

namespace aitrading::backtest {

/// A file given by `--input`, read by the importer's own readers: a CSV of bars `time,open,high,low,close[,volume]
/// [,spread]` or of ticks `time,bid,ask[,bid_size,ask_size]` with a header line, plain or packed, which streams; or bars
/// in any other layout that import knows, which are held in memory.
struct InputFile {
    std::filesystem::path path;
    std::string symbol;          ///< as the file's name says; else its stem
    bool ticks = false;
    bool two_sided = false;      ///< has an ask side or spreads
    int digits = 0;              ///< most decimals of a price among the first rows
    std::int64_t bar_nanos = 0;  ///< most frequent distance between the first rows; 0 for ticks
    std::shared_ptr<const BarColumns> loaded;  ///< the bars of a layout that is read as a whole
};

/// Looks at the first rows. @errors not_found, bad_input (file, line, column, remedy)
Result<InputFile> inspect_input(const std::filesystem::path& path);

/// Streams the rows whose time lies in `range`, memory bounded by one batch. @errors bad_input (file, line, column, remedy)
BarStream bars_of(const InputFile& input, const SeriesKey& key, TimeRange range);
TickStream ticks_of(const InputFile& input, const SeriesKey& key, TimeRange range);

}  // namespace aitrading::backtest
