#pragma once

#include <span>
#include <string>

#include "base/result.hpp"
#include "domain/event.hpp"
#include "kit/contracts/bar_news.hpp"
#include "ports/market_feed/market_feed.hpp"

namespace aitrading::market {

/// Who says it, and when.
struct MessageOrigin {
    std::string_view symbol, feed;
    const std::string& source;
    const std::string& tenant;
    UnixNanos now;
};

/// MarketDataReceived of ticks of one symbol. Its id follows from the feed and the ticks; how many come together depends on the clock.
/// @pre not empty, ticks all   @errors bad_input (check_event)
Result<Event> ticks_message(std::span<const ports::FeedItem> ticks, const MessageOrigin& origin);
/// How a feed does.
struct FeedState {
    bool connected = false;
    std::string reason;
    UnixNanos last_row;  ///< its time; the least there is: none came
    std::uint64_t missed = 0;
};
/// FeedStateChanged of the origin's feed. @errors bad_input (check_event)
Result<Event> feed_state_message(const FeedState& state, const MessageOrigin& origin, Uuid id);
/// Of a bar that was built here: its id follows from the feed, the series and the bar. @errors bad_input (check_event)
Result<Event> bar_message(const kit::BarNews& news, const MessageOrigin& origin);

}  // namespace aitrading::market
