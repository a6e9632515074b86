#pragma once

#include "base/fixed.hpp"
#include "base/time.hpp"

namespace aitrading::trading {

/// Bid and ask of one instant. They come and go together: nothing ever sees a new bid beside an old ask.
struct Quote {
    UnixNanos time;
    Price bid, ask;

    /// Rounded down to a billionth.
    constexpr Price mid() const { return {bid.raw + (ask.raw - bid.raw) / 2}; }
    friend constexpr bool operator==(const Quote&, const Quote&) = default;
};

/// One bar with both sides. `time` is the opening time. Each side's high is at least its open and close, and the ask is
/// never below the bid at the same corner.
struct QuoteBar {
    UnixNanos time;
    Price bid_open, bid_high, bid_low, bid_close;
    Price ask_open, ask_high, ask_low, ask_close;

    constexpr Quote open() const { return {time, bid_open, ask_open}; }
    constexpr Quote high() const { return {time, bid_high, ask_high}; }
    constexpr Quote low() const { return {time, bid_low, ask_low}; }
    constexpr Quote close() const { return {time, bid_close, ask_close}; }
};

}  // namespace aitrading::trading
