#pragma once

#include "base/result.hpp"
#include "domain/market.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::market {

/// Opening time of the bar of `to` that holds the instant. Boundaries are those of the UTC clock; a week begins on Monday
/// 00:00 UTC. @pre to is not ticks
UnixNanos bar_begin(UnixNanos time, Timeframe to);

/// Builds longer bars from shorter ones, row by row: first open, highest high, lowest low, last close, summed volume; each
/// side by itself; the spread is that of the last row. A bar exists where a row exists; the last one may be unfinished.
class BarResampler {
  public:
    /// @pre `from` is shorter than `to`
    BarResampler(const SeriesKey& from, Timeframe to, int digits);
    void add(const BarColumns& batch);
    /// Bids and asks as both sides of the bars; the volume counts ticks.
    void add(const TickColumns& batch);
    /// The bars so far, the last included.
    BarColumns take();

  private:
    bool same_bar(UnixNanos time);
    BarColumns out_;
    UnixNanos begin_{INT64_MIN}, end_{INT64_MIN};
};

/// Resamples a stored series into another and stores it in place of what is there. @errors not_found, usage (the wanted
/// timeframe is not longer), failed
Result<SeriesInfo> resample_stored(ports::SeriesStore& store, const SeriesKey& from, Timeframe to);

}  // namespace aitrading::market
