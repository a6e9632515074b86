#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "market/calendar/bar_span.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::market {

/// Which prices the bars have: each side as it is, or the mean of bid and ask (rounded to a billionth) with the spread at
/// each bar's close.
enum class Prices : std::uint8_t { as_they_are, mid };

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
