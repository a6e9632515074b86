#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ports/market_feed/market_feed.hpp"

namespace aitrading::engines {

/// What the lines of a watched file hold, told by its header.
enum class WatchedLayout : std::uint8_t {
    ticks,  ///< `time,bid,ask[,bid_size,ask_size]`
    bars    ///< `time,open,high,low,close[,volume]`, of closed bars by their opening time
};

/// @errors bad_input, with what is expected
Result<WatchedLayout> read_watched_header(std::string_view line);
/// One line without its end; times as parse_iso8601. Bars get the timeframe as given. @errors bad_input, with the field
Result<ports::FeedItem> read_watched_row(std::string_view line, WatchedLayout layout, Timeframe timeframe);

}  // namespace aitrading::engines
