#include "apps/aitrading/series_input.hpp"

#include <fmt/format.h>

#include "apps/aitrading/instrument_lookup.hpp"
#include "base/hash.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "market/history/bars_csv.hpp"

namespace aitrading::apps {

Result<SeriesKey> series_key(const std::string& symbol, const std::string& timeframe) {
    if (symbol.empty() || timeframe.empty())
        return fail(ErrorCode::usage, "name a series: SYMBOL TIMEFRAME, for example EURUSD H1");
    TRY(const Timeframe parsed, parse_timeframe(timeframe));
    return SeriesKey{symbol, parsed};
}

Result<TimeRange> time_range(const std::string& from, const std::string& to) {
    TimeRange range;
    if (!from.empty()) {
        TRY(range.from, parse_iso8601(from));
    }
    if (!to.empty()) {
        TRY(range.to, parse_iso8601(to));
    }
    if (range.from >= range.to)
        return fail(ErrorCode::usage, fmt::format("--from {} must lie before --to {}", from, to));
    return range;
}

Price point_of(int digits) {
    Price point{Price::scale};
    for (int i = 0; i < digits; ++i) point.raw /= 10;
    return point;
}

Result<std::unique_ptr<ports::SeriesStore>> open_store(const Context& context) {
    return engines::open_parquet_store(context.home);
}

Result<BarColumns> read_series(const Context& context, const SeriesKey& key, TimeRange range) {
    if (key.timeframe == book_timeframe)
        return fail(ErrorCode::usage, to_string(key) + " is the recording of an order book, not bars; see aitrading data list");
    if (key.timeframe == Timeframe::ticks)
        return fail(ErrorCode::usage, "ticks are no bars; make some first: aitrading data resample " + key.symbol + " ticks M1");
    TRY(const auto store, open_store(context));
    TRY(const SeriesKey stored, stored_key(context.home, *store, key));
    TRY(BarColumns bars, store->read_bars(stored, range));
    if (bars.size() == 0)
        return fail(ErrorCode::not_found, fmt::format("{} has no bars between --from and --to; see aitrading data list",
                                                      to_string(key)));
    return bars;
}

Result<BarColumns> read_series(const Context& context, const SeriesWords& words) {
    TRY(const SeriesKey key, series_key(words.symbol, words.timeframe));
    TRY(const TimeRange range, time_range(words.from, words.to));
    return read_series(context, key, range);
}

Result<BarColumns> read_bars_file(const std::string& path, const SeriesKey& key) {
    TRY(BarColumns bars, market::load_bars_csv(path, {.symbol = key.symbol, .timezone = {}}));
    bars.key = key;
    return bars;
}

std::string fingerprint_of(const BarColumns& bars) {
    Fingerprint print;
    print.add(std::string_view(to_string(bars.key)));
    print.add_all(std::span<const UnixNanos>(bars.time));
    for (const auto* column : {&bars.open, &bars.high, &bars.low, &bars.close})
        print.add_all(std::span<const Price>(*column));
    print.add_all(std::span<const Quantity>(bars.volume));
    return print.hex();
}

std::string data_line(const BarColumns& bars) {
    return fmt::format("{}, {} bars, {} to {}, fingerprint {}", to_string(bars.key), bars.size(),
                       to_iso8601(bars.time.front()), to_iso8601(bars.time.back()), fingerprint_of(bars));
}

}  // namespace aitrading::apps
