#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "market/history/conclude_clock.hpp"
#include "market/history/defects.hpp"
#include "market/history/layout.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::market {

struct ImportOptions {
    std::string format = "auto";
    LayoutOptions layout;                ///< columns, symbol, point, decimal point
    std::optional<Timeframe> timeframe;  ///< empty: from the steps between the rows
    std::string timezone;                ///< empty: see conclude_clock
    bool replace = false;                ///< rows that contradict stored ones take their place
    UnixNanos now{INT64_MAX};            ///< rows after the end of this day are refused
    std::stop_token stop;
    std::function<void(std::int64_t rows)> progress;  ///< rows read so far, called per some thousand rows
};

/// What became of one file.
struct ImportReport {
    std::filesystem::path path;
    std::string format;
    SeriesKey key;
    std::string timezone;
    ClockConclusion clock;              ///< how the timezone became known
    std::int64_t rows_read = 0;         ///< data rows in the file
    std::int64_t rows_stored = 0;       ///< new in the series, or put in place of contradicting ones
    std::int64_t rows_rejected = 0;     ///< unsound, by kind in `defects`
    std::int64_t rows_known = 0;        ///< sound, and already stored just so
    std::int64_t rows_conflicting = 0;  ///< sound, but the series has other values at their times, which stayed
    UnixNanos first, last;              ///< of the file's sound rows
    std::int64_t gaps = 0;
    int digits = 0;
    std::vector<Defect> defects;
    std::vector<RefusedRow> refused_rows;  ///< at most DefectTally::rows_kept_max; kept in the series' quarantine
    std::vector<std::string> warnings;
};

/// Reads a file, refuses what is unsound, and merges the rest into the store. The series changes as a whole or not at all;
/// a file of which more than half the rows are unsound is refused as a whole.
/// Bars are held in memory (at most 20 million, 38 years of minutes); ticks stream.
/// @errors bad_input (file, row, column, remedy), usage (symbol, point or timeframe cannot be told), not_found, failed,
///         interrupted (nothing was stored)
Result<ImportReport> import_file(const std::filesystem::path& path, const ImportOptions& options,
                                 ports::SeriesStore& store);

}  // namespace aitrading::market
