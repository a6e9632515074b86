#include "market/bridge/live_bars.hpp"

#include <algorithm>
#include <utility>

namespace aitrading::market {

std::optional<ClosedBar> LiveBars::close() {
    if (!open_) return std::nullopt;
    open_ = false;
    return building_;
}

std::optional<ClosedBar> LiveBars::advance(UnixNanos now) { return now >= end_ ? close() : std::nullopt; }

std::optional<ClosedBar> LiveBars::add(const Tick& tick) {
    std::optional<ClosedBar> closed;
    if (tick.time >= end_) {
        closed = close();
        const TimeRange span = bar_span(tick.time, timeframe_, day_);
        end_ = span.to;
        open_ = true;
        building_ = {.timeframe = timeframe_, .bar = {span.from, tick.bid, tick.bid, tick.bid, tick.bid, {}}, .known = span.to,
                     .ask_open = tick.ask, .ask_high = tick.ask, .ask_low = tick.ask, .ask_close = tick.ask};
    } else if (!open_) {
        ++too_late_;
        return std::nullopt;
    }
    Bar& bar = building_.bar;
    bar.high = std::max(bar.high, tick.bid);
    bar.low = std::min(bar.low, tick.bid);
    bar.close = tick.bid;
    bar.volume.raw += Quantity::scale;
    building_.ask_high = std::max(building_.ask_high, tick.ask);
    building_.ask_low = std::min(building_.ask_low, tick.ask);
    building_.ask_close = tick.ask;
    ++building_.ticks;
    return closed;
}

}  // namespace aitrading::market
