#include "engines/market_feed/file_watch/row_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace aitrading::engines {
namespace {

constexpr std::size_t fields_max = 6;
using Fields = std::array<std::string_view, fields_max>;

/// Number of fields; more than fields_max where there are more.
std::size_t split(std::string_view line, Fields& out) {
    std::size_t n = 0;
    for (;; ++n) {
        const auto comma = line.find(',');
        if (n < fields_max) out[n] = line.substr(0, comma);
        if (comma == std::string_view::npos) return n + 1;
        line.remove_prefix(comma + 1);
    }
}

template <class Value>
Result<Value> number(std::string_view text, std::string_view field) {
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || std::abs(value) > 9e9)
        return fail(ErrorCode::bad_input, fmt::format("{} '{}' is no number", field, text.substr(0, 40)));
    return Value::from_double(value);
}

}  // namespace

Result<WatchedLayout> read_watched_header(std::string_view line) {
    if (line == "time,bid,ask" || line == "time,bid,ask,bid_size,ask_size") return WatchedLayout::ticks;
    if (line == "time,open,high,low,close" || line == "time,open,high,low,close,volume") return WatchedLayout::bars;
    return fail(ErrorCode::bad_input, fmt::format("the header is '{}'; time,bid,ask[,bid_size,ask_size] or time,open,high,low,close[,volume] is expected", line.substr(0, 80)));
}

Result<ports::FeedItem> read_watched_row(std::string_view line, WatchedLayout layout, Timeframe timeframe) {
    Fields f;
    const std::size_t n = split(line, f);
    const bool ticks = layout == WatchedLayout::ticks;
    const std::size_t least = ticks ? 3 : 5;
    if (n < least || n > fields_max || (ticks && n == 4)) return fail(ErrorCode::bad_input, fmt::format("{} fields where {} are expected", n, ticks ? "3 or 5" : "5 or 6"));
    const auto time = parse_iso8601(f[0]);
    if (!time) return fail(ErrorCode::bad_input, "time: " + time.error().text);
    if (ticks) {
        Tick tick{.time = *time, .bid = {}, .ask = {}, .bid_size = {}, .ask_size = {}};
        TRY(tick.bid, number<Price>(f[1], "bid"));
        TRY(tick.ask, number<Price>(f[2], "ask"));
        if (n == 5) {
            TRY(tick.bid_size, number<Quantity>(f[3], "bid_size"));
            TRY(tick.ask_size, number<Quantity>(f[4], "ask_size"));
        }
        return ports::FeedItem{.row = tick};
    }
    ports::FedBar bar{.timeframe = timeframe, .bar = {.time = *time, .open = {}, .high = {}, .low = {}, .close = {}, .volume = {}}, .spread = {}};
    TRY(bar.bar.open, number<Price>(f[1], "open"));
    TRY(bar.bar.high, number<Price>(f[2], "high"));
    TRY(bar.bar.low, number<Price>(f[3], "low"));
    TRY(bar.bar.close, number<Price>(f[4], "close"));
    if (n == 6) {
        TRY(bar.bar.volume, number<Quantity>(f[5], "volume"));
    }
    return ports::FeedItem{.row = bar};
}

}  // namespace aitrading::engines
