#pragma once

#include <span>
#include <string>

#include "base/result.hpp"
#include "domain/event.hpp"
#include "market/bridge/live_bars.hpp"
#include "ports/market_feed/market_feed.hpp"

namespace aitrading::market {

/// Who says it, and when.
struct MessageOrigin {
    std::string_view symbol, feed;
    const std::string& source;
    const std::string& tenant;
    Uuid id;
    UnixNanos now;
};

/// MarketDataReceived of ticks of one symbol. @pre not empty, ticks all   @errors bad_input (check_event)
Result<Event> ticks_message(std::span<const ports::FeedItem> ticks, const MessageOrigin& origin);
/// BarClosed; it begins a trace. @errors bad_input (check_event)
Result<Event> bar_message(const ClosedBar& bar, const MessageOrigin& origin);

/// The other direction. @errors bad_input (another type, damaged bytes)
struct BarMessage {
    std::string symbol;
    ClosedBar bar;
};
Result<BarMessage> read_bar_message(const Event& event);

}  // namespace aitrading::market
