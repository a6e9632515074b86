#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::market {

/// Where days, and with them weeks and months, begin; shorter bars begin on the UTC clock under either.
/// `utc`: at midnight, weeks on Monday: the two or three hours of a Sunday evening are a bar of their own and end the week
/// before. `new_york`: at 17:00 in New York, as the FX day does, in summer and winter: a Sunday evening from 17:00 on belongs
/// to Monday's bar and begins the week, so that a week has five days.
enum class DayStart : std::uint8_t { utc, new_york };

/// What is usual for a symbol: UTC for markets that never close (crypto), else New York.
DayStart usual_day_start(std::string_view symbol);

/// Which prices the bars have: each side as it is, or the mean of bid and ask (rounded to a billionth) with the spread at
/// each bar's close.
enum class Prices : std::uint8_t { as_they_are, mid };

/// Opening time of the bar of `to` that holds the instant. Boundaries are those of the UTC clock; a week begins on Monday
/// 00:00 UTC, a month on its first. @pre to is not ticks
UnixNanos bar_begin(UnixNanos time, Timeframe to);

/// Both ends of that bar, for either start of the day. @pre to is not ticks   @complexity some look-ups of a time zone
TimeRange bar_span(UnixNanos time, Timeframe to, DayStart day);

/// Bars of the mean of both sides. The mean of two highs is not the high of the mean: from bars this is the usual
/// approximation, from ticks it is exact (see BarResampler). @pre bars.has_ask()
BarColumns mid_bars(const BarColumns& bars);

/// Builds longer bars from shorter ones, row by row: first open, highest high, lowest low, last close, summed volume; each
/// side by itself; the spread is that of the last row. A bar exists where a row exists; the last one may be unfinished.
class BarResampler {
  public:
    /// @pre `from` is shorter than `to`
    BarResampler(const SeriesKey& from, Timeframe to, int digits, DayStart day = DayStart::utc,
                 Prices prices = Prices::as_they_are);
    /// @pre both sides, where the prices are mid
    void add(const BarColumns& batch);
    /// Bids and asks as both sides of the bars, or their mean; the volume counts ticks.
    void add(const TickColumns& batch);
    /// The bars so far, the last included.
    BarColumns take();

  private:
    bool same_bar(UnixNanos time);
    void add_mid(const TickColumns& batch);
    BarColumns out_;
    DayStart day_;
    Prices prices_;
    UnixNanos begin_{INT64_MIN}, end_{INT64_MIN};
};

struct ResampleOptions {
    DayStart day = DayStart::utc;
    Prices prices = Prices::as_they_are;
    std::string symbol;  ///< of the series made; empty: that of the source
};

/// Resamples a stored series into another and stores it in place of what is there. @errors not_found, usage (the wanted
/// timeframe is not longer; mid of a series of one side), failed
Result<SeriesInfo> resample_stored(ports::SeriesStore& store, const SeriesKey& from, Timeframe to,
                                   const ResampleOptions& options = {});

}  // namespace aitrading::market
