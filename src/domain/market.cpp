#include "domain/market.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/check.hpp"
#include "domain/book.hpp"

namespace aitrading {
namespace {

constexpr std::array<std::string_view, 10> timeframe_names{"ticks", "M1", "M5", "M15", "M30",
                                                          "H1",    "H4", "D1", "W1", "MN1"};

bool same_letters(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) {
        return std::tolower(x) == std::tolower(y);
    });
}

template <class T>
std::vector<T> cut(const std::vector<T>& column, std::size_t from, std::size_t to) {
    if (column.empty()) return {};
    return {column.begin() + static_cast<std::ptrdiff_t>(from),
            column.begin() + static_cast<std::ptrdiff_t>(to)};
}

}  // namespace

std::string_view name(Timeframe timeframe) {
    return timeframe == book_timeframe ? "book" : timeframe_names[static_cast<std::size_t>(timeframe)];
}

Result<Timeframe> parse_timeframe(std::string_view text) {
    for (const Timeframe t : all_timeframes)
        if (same_letters(text, name(t))) return t;
    if (same_letters(text, name(book_timeframe))) return book_timeframe;
    return fail(ErrorCode::usage,
                fmt::format("\"{}\" is not a timeframe; use one of {}", text, fmt::join(timeframe_names, " ")));
}

std::int64_t duration_nanos(Timeframe timeframe) {
    switch (timeframe) {
        case Timeframe::ticks: return 0;
        case Timeframe::m1: return nanos_per_minute;
        case Timeframe::m5: return 5 * nanos_per_minute;
        case Timeframe::m15: return 15 * nanos_per_minute;
        case Timeframe::m30: return 30 * nanos_per_minute;
        case Timeframe::h1: return nanos_per_hour;
        case Timeframe::h4: return 4 * nanos_per_hour;
        case Timeframe::d1: return nanos_per_day;
        case Timeframe::w1: return 7 * nanos_per_day;
        case Timeframe::mn1: return 31 * nanos_per_day;
    }
    return 0;
}

std::string to_string(const SeriesKey& key) { return fmt::format("{} {}", key.symbol, name(key.timeframe)); }

BarColumns BarColumns::slice(std::size_t from, std::size_t to) const {
    CHECK(from <= to);
    CHECK(to <= size());
    BarColumns out;
    out.key = key;
    out.digits = digits;
    out.time = cut(time, from, to);
    out.open = cut(open, from, to);
    out.high = cut(high, from, to);
    out.low = cut(low, from, to);
    out.close = cut(close, from, to);
    out.volume = cut(volume, from, to);
    out.ask_open = cut(ask_open, from, to);
    out.ask_high = cut(ask_high, from, to);
    out.ask_low = cut(ask_low, from, to);
    out.ask_close = cut(ask_close, from, to);
    out.spread = cut(spread, from, to);
    return out;
}

void BarColumns::append(const Bar& b) {
    time.push_back(b.time);
    open.push_back(b.open);
    high.push_back(b.high);
    low.push_back(b.low);
    close.push_back(b.close);
    volume.push_back(b.volume);
}

void BarColumns::reserve(std::size_t rows) {
    time.reserve(rows);
    for (auto* column : {&open, &high, &low, &close}) column->reserve(rows);
    volume.reserve(rows);
}

void TickColumns::append(const Tick& t) {
    time.push_back(t.time);
    bid.push_back(t.bid);
    ask.push_back(t.ask);
    bid_size.push_back(t.bid_size);
    ask_size.push_back(t.ask_size);
}

void TickColumns::clear() {
    time.clear();
    bid.clear();
    ask.clear();
    bid_size.clear();
    ask_size.clear();
}

bool is_gap(Timeframe timeframe, UnixNanos a, UnixNanos b) {
    const std::int64_t step = duration_nanos(timeframe);
    if (step == 0 || b.value - a.value <= step) return false;
    if (timeframe == Timeframe::w1 || timeframe == Timeframe::mn1 || b.value - a.value > step + 4 * nanos_per_day) return true;
    const int days_to_saturday = (5 - weekday(a) + 7) % 7;
    const std::int64_t day_begin = a.value - ((a.value % nanos_per_day) + nanos_per_day) % nanos_per_day;
    return b.value < day_begin + days_to_saturday * nanos_per_day;
}

std::int64_t count_gaps(const BarColumns& bars) {
    std::int64_t gaps = 0;
    for (std::size_t i = 1; i < bars.size(); ++i)
        gaps += is_gap(bars.key.timeframe, bars.time[i - 1], bars.time[i]);
    return gaps;
}

Price pip_of(std::string_view symbol, int digits) {
    const bool yen = symbol.size() >= 6 && same_letters(symbol.substr(3, 3), "JPY");
    return yen || digits <= 3 ? Price{10'000'000} : Price{100'000};
}

}  // namespace aitrading
