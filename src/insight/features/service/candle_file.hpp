#pragma once

#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "insight/features/candle.hpp"
#include "insight/features/feature_set.hpp"

namespace aitrading::insight {

/// Bars of a CSV file as numbers, in increasing time.
struct CandleTable {
    std::vector<UnixNanos> time;
    std::vector<Candle> candles;
    bool has_volume = false;
};

/// Reads the text of a CSV file whose header names time, open, high, low, close and perhaps volume (any order after time,
/// any case, other columns are passed over). Times are ISO 8601 or dates.
/// @param path only for messages
/// @errors bad_input: no rows, a missing column, a cell that is no number, low > high, prices that are not positive, times
///         that do not increase; with the row and the field
Result<CandleTable> parse_candles(std::string_view text, const std::filesystem::path& path);

/// As parse_candles, from a file. @errors not_found, failed, bad_input
Result<CandleTable> read_candles(const std::filesystem::path& path);

/// Writes `time` and one column each, an empty field where a value is not known, whole or not at all.
/// Names with a comma are quoted; numbers have the fewest digits that give the same double back.
/// @errors not_found, failed
Result<void> write_columns(const std::filesystem::path& path, std::span<const UnixNanos> time,
                           std::span<const std::string> names, std::span<const std::vector<double>> columns);

/// As write_columns, the rows that the stream still has; returns their number. Memory: one piece of text.
/// @errors not_found, failed, interrupted (nothing was written)
Result<std::size_t> write_features(const std::filesystem::path& path, FeatureStream& rows, const std::stop_token& stop);

}  // namespace aitrading::insight
