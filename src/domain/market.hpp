#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fixed.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading {

enum class Timeframe : std::uint8_t { ticks, m1, m5, m15, m30, h1, h4, d1, w1, mn1 };

inline constexpr std::array all_timeframes{Timeframe::ticks, Timeframe::m1, Timeframe::m5,
                                           Timeframe::m15,   Timeframe::m30, Timeframe::h1,
                                           Timeframe::h4,    Timeframe::d1, Timeframe::w1,
                                           Timeframe::mn1};

/// `ticks M1 M5 M15 M30 H1 H4 D1 W1 MN1`
std::string_view name(Timeframe timeframe);
/// Accepts the names above in any case. @errors usage
Result<Timeframe> parse_timeframe(std::string_view text);
/// Length of one bar; 0 for ticks; of a month the longest, so that a bar never counts as known before it closed.
std::int64_t duration_nanos(Timeframe timeframe);

/// What identifies a stored series.
struct SeriesKey {
    std::string symbol;
    Timeframe timeframe = Timeframe::h1;
    friend auto operator<=>(const SeriesKey&, const SeriesKey&) = default;
};
std::string to_string(const SeriesKey& key);

/// One bar by value. `time` is the opening time; the bar is known at its close.
struct Bar {
    UnixNanos time;
    Price open, high, low, close;
    Quantity volume;
    friend bool operator==(const Bar&, const Bar&) = default;
};

/// One quote by value.
struct Tick {
    UnixNanos time;
    Price bid, ask;
    Quantity bid_size, ask_size;
    friend bool operator==(const Tick&, const Tick&) = default;
};

/// Bars of one series as columns, in strictly increasing opening time.
/// The plain columns are the bid (or the only side there is). The ask columns are all empty or all as long as `time`;
/// so is `spread` (ask - bid as the source states it per bar).
struct BarColumns {
    SeriesKey key;
    int digits = 5;  ///< decimals of the prices as the source writes them, 0..9
    std::vector<UnixNanos> time;
    std::vector<Price> open, high, low, close;
    std::vector<Quantity> volume;
    std::vector<Price> ask_open, ask_high, ask_low, ask_close;
    std::vector<Price> spread;

    std::size_t size() const { return time.size(); }
    bool has_ask() const { return !ask_close.empty(); }
    bool has_spread() const { return !spread.empty(); }
    Bar bar(std::size_t i) const { return {time[i], open[i], high[i], low[i], close[i], volume[i]}; }
    /// Rows [from, to) as a copy, every column cut alike. @pre from <= to <= size()
    BarColumns slice(std::size_t from, std::size_t to) const;
    void append(const Bar& bar);
    void reserve(std::size_t rows);
};

/// Quotes of one series as columns, in non-decreasing time.
struct TickColumns {
    SeriesKey key;
    int digits = 5;
    std::vector<UnixNanos> time;
    std::vector<Price> bid, ask;
    std::vector<Quantity> bid_size, ask_size;

    std::size_t size() const { return time.size(); }
    Tick tick(std::size_t i) const { return {time[i], bid[i], ask[i], bid_size[i], ask_size[i]}; }
    void append(const Tick& tick);
    void clear();
};

/// What a stored series holds, told without reading it whole.
struct SeriesInfo {
    SeriesKey key;
    int digits = 5;
    std::int64_t rows = 0;
    UnixNanos first, last;
    std::int64_t gaps = 0;  ///< runs of missing bars outside the weekend (see count_gaps); 0 for ticks
    bool has_ask = false;
    bool has_spread = false;
};

/// True when bars are missing between the opening times `a` < `b` of neighbours and it is no weekend: the run does not touch
/// a Saturday (UTC), on which no market but crypto's is open, or is longer than four days, as no long weekend is. Weekly
/// bars know no weekend.
bool is_gap(Timeframe timeframe, UnixNanos a, UnixNanos b);
/// Number of such runs, whatever their length. @complexity O(bars)
std::int64_t count_gaps(const BarColumns& bars);

/// The size of one pip of a symbol, as traders quote it: 0.01 for pairs against the yen and for metals and indices with
/// at most three digits, 0.0001 otherwise. A default for `--spread 1.0pip` where no instrument table says otherwise.
Price pip_of(std::string_view symbol, int digits);

}  // namespace aitrading
