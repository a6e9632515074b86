#include "market/bridge/service/feed_messages.hpp"

#include "aitrading/v1/market.pb.h"

namespace aitrading::market {
namespace {

kit::Origin envelope(const MessageOrigin& origin, bool begins_trace) {
    kit::Origin out{.id = origin.id, .source = origin.source, .tenant = origin.tenant, .time = origin.now, .trace = {}};
    if (begins_trace) out.trace = kit::first_step(origin.id);
    return out;
}

}  // namespace

Result<Event> ticks_message(std::span<const ports::FeedItem> ticks, const MessageOrigin& origin) {
    v1::MarketDataReceived message;
    message.set_symbol(std::string(origin.symbol));
    message.set_feed(std::string(origin.feed));
    message.set_feed_sequence(ticks.back().sequence);
    message.mutable_ticks()->Reserve(static_cast<int>(ticks.size()));
    for (const ports::FeedItem& item : ticks) {
        const Tick& from = std::get<Tick>(item.row);
        v1::Tick& to = *message.add_ticks();
        to.set_time_ns(from.time.value);
        to.set_known_ns(origin.now.value);
        to.set_bid_e9(from.bid.raw);
        to.set_ask_e9(from.ask.raw);
        to.set_bid_size_e6(from.bid_size.raw);
        to.set_ask_size_e6(from.ask_size.raw);
    }
    return kit::pack(message, envelope(origin, false));
}

Result<Event> bar_message(const kit::BarNews& news, const MessageOrigin& origin) { return kit::pack(news, envelope(origin, true)); }

}  // namespace aitrading::market
