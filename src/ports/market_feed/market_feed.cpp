#include "ports/market_feed/market_feed.hpp"

namespace aitrading::ports {

UnixNanos known_at(const FeedItem& item) {
    if (const auto* tick = std::get_if<Tick>(&item.row)) return tick->time;
    const FedBar& bar = std::get<FedBar>(item.row);
    return {bar.bar.time.value + duration_nanos(bar.timeframe)};
}

}  // namespace aitrading::ports
