#pragma once

#include <cstdint>
#include <optional>

#include "domain/market.hpp"
#include "market/calendar/bar_span.hpp"

namespace aitrading::market {

/// A bar of both sides that has ended.
struct ClosedBar {
    Timeframe timeframe = Timeframe::h1;
    Bar bar;          ///< bids; the volume counts ticks
    UnixNanos known;  ///< its end: nothing of it may be used earlier
    Price ask_open, ask_high, ask_low, ask_close;
    std::int64_t ticks = 0;
    friend bool operator==(const ClosedBar&, const ClosedBar&) = default;
};

/// Builds the bars of one symbol and timeframe out of ticks as they come. A bar ends with the first tick at or after its end, or
/// when `advance` says that the time has passed; stretches without a tick have no bar. The same bars as history::BarResampler
/// makes of the same ticks.
class LiveBars {
  public:
    /// @pre timeframe is not ticks
    explicit LiveBars(Timeframe timeframe, DayStart day = DayStart::utc) : timeframe_(timeframe), day_(day) {}

    /// The bar that this tick ended. A tick of a bar that has ended already is left out and counted. @pre ticks in time order
    std::optional<ClosedBar> add(const Tick& tick);
    /// The bar that has ended by `now` where no tick before `now` can come any more.
    std::optional<ClosedBar> advance(UnixNanos now);
    /// Ticks that came after `advance` had ended their bar.
    std::int64_t too_late() const { return too_late_; }

  private:
    std::optional<ClosedBar> close();
    Timeframe timeframe_;
    DayStart day_;
    UnixNanos end_{INT64_MIN};  ///< of the bar being built, or of the last one
    bool open_ = false;
    ClosedBar building_;
    std::int64_t too_late_ = 0;
};

}  // namespace aitrading::market
