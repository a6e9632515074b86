#pragma once

#include <memory>
#include <string>

#include "apps/aitrading/commands.hpp"
#include "domain/market.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::apps {

/// SYMBOL TF as typed. @errors usage
Result<SeriesKey> series_key(const std::string& symbol, const std::string& timeframe);
/// `--from` and `--to` as typed; empty: open. @errors bad_input
Result<TimeRange> time_range(const std::string& from, const std::string& to);
/// One unit of the last decimal.
Price point_of(int digits);

/// The store of the home. @errors failed
Result<std::unique_ptr<ports::SeriesStore>> open_store(const Context& context);
/// A stored series as typed: SYMBOL TF [--from --to].
struct SeriesWords {
    std::string symbol, timeframe, from, to;
};
/// The bars that the words name. @errors usage, bad_input, not_found (says how to import), failed
Result<BarColumns> read_series(const Context& context, const SeriesWords& words);
/// Bars of a stored series. @errors not_found (says how to import), failed
Result<BarColumns> read_series(const Context& context, const SeriesKey& key, TimeRange range);

/// Bars of a CSV with a header `time,open,high,low,close[,volume]`. @errors bad_input with row and field
Result<BarColumns> read_bars_file(const std::string& path, const SeriesKey& key);

/// One line on where bars come from: symbol, rows, span, fingerprint.
std::string data_line(const BarColumns& bars);
/// Fingerprint of times and prices.
std::string fingerprint_of(const BarColumns& bars);

}  // namespace aitrading::apps
