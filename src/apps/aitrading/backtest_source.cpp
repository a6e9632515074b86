#include "apps/aitrading/backtest_source.hpp"

#include <fmt/format.h>

#include "apps/aitrading/instrument_lookup.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "proving/backtest/service/input_file.hpp"

namespace aitrading::apps {
namespace {

/// Rows of one batch: small beside the 60 MB that a run may take, large beside the cost of a call.
constexpr std::size_t batch_rows = 65'536;

Result<BacktestSource> from_store(const std::shared_ptr<ports::SeriesStore>& store, const SeriesKey& key, TimeRange range) {
    if (key.timeframe == book_timeframe)
        return fail(ErrorCode::usage, to_string(key) + " is the recording of an order book; back-tests run on bars or ticks");
    TRY(const SeriesInfo info, store->describe(key));
    BacktestSource out;
    out.series = key;
    out.digits = info.digits;
    out.ticks = key.timeframe == Timeframe::ticks;
    out.two_sided = info.has_ask || info.has_spread;
    out.bar_nanos = duration_nanos(key.timeframe);
    out.range = range;
    out.bars = [store, key, range](const ports::BarSink& sink) { return store->stream_bars(key, range, batch_rows, sink); };
    out.quotes = [store, key, range](const ports::TickSink& sink) {
        return store->stream_ticks(key, range, batch_rows, sink);
    };
    return out;
}

/// The timeframe whose bars are as long, or the longest that is no longer.
Timeframe timeframe_like(std::int64_t nanos) {
    Timeframe best = Timeframe::m1;
    for (const Timeframe t : all_timeframes)
        if (duration_nanos(t) > 0 && duration_nanos(t) <= nanos) best = t;
    return best;
}

}  // namespace

Result<BacktestSource> stored_source(const std::filesystem::path& home, const std::string& symbol,
                                     const std::string& timeframe, TimeRange range) {
    if (symbol.empty() || timeframe.empty())
        return fail(ErrorCode::usage, "name a stored series (aitrading backtest EURUSD H1 …) or give --input F.csv");
    TRY(const Timeframe parsed, parse_timeframe(timeframe));
    TRY(auto store, engines::open_parquet_store(home));
    TRY(const SeriesKey key, stored_key(home, *store, {symbol, parsed}));
    return from_store(std::move(store), key, range);
}

Result<BacktestSource> file_source(const std::filesystem::path& path, const std::string& symbol, TimeRange range) {
    TRY(const backtest::InputFile file, backtest::inspect_input(path));
    BacktestSource out;
    out.ticks = file.ticks;
    out.two_sided = file.two_sided;
    out.digits = file.digits;
    out.bar_nanos = file.bar_nanos;
    out.range = range;
    out.series = {symbol.empty() ? file.symbol : symbol,
                  file.ticks ? Timeframe::ticks : timeframe_like(file.bar_nanos)};
    out.bars = backtest::bars_of(file, out.series, range);
    out.quotes = backtest::ticks_of(file, out.series, range);
    return out;
}

Result<BacktestSource> finer_source(const std::filesystem::path& home, const BacktestSource& source,
                                    Timeframe timeframe) {
    if (duration_nanos(timeframe) >= source.bar_nanos)
        return fail(ErrorCode::usage, fmt::format("--intrabar {} is not finer than the bars of {}", name(timeframe),
                                                  to_string(source.series)));
    TRY(auto store, engines::open_parquet_store(home));
    return from_store(std::move(store), {source.series.symbol, timeframe}, source.range);
}

}  // namespace aitrading::apps
