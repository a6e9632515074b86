#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::market {

/// Writes a series as `time,open,high,low,close,volume` (with `ask_open,ask_high,ask_low,ask_close` or `spread` after it
/// where the series has them) or `time,bid,ask,bid_size,ask_size`, times ISO 8601 UTC, prices with the series' digits. The
/// file appears whole or not at all. Memory: one batch. Returns the rows written.
/// @errors not_found, failed
Result<std::int64_t> export_csv(const ports::SeriesStore& store, const SeriesKey& key, const std::filesystem::path& out);

/// Rows of bars or ticks as they stand in such a file, for tests and other writers.
std::string csv_header(const SeriesInfo& info);
void append_csv(std::string& out, const BarColumns& bars);
void append_csv(std::string& out, const TickColumns& ticks);

}  // namespace aitrading::market
