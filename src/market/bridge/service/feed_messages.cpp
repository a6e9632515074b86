#include "market/bridge/service/feed_messages.hpp"

#include <algorithm>

#include "aitrading/v1/market.pb.h"
#include "kit/contracts/contracts.hpp"

namespace aitrading::market {
namespace {

static_assert(Price::scale == 1'000'000'000, "the contracts' *_e9");
static_assert(Quantity::scale == 1'000'000, "the contracts' *_e6");

kit::Origin envelope(const MessageOrigin& origin, bool begins_trace) {
    kit::Origin out{.id = origin.id, .source = origin.source, .tenant = origin.tenant, .time = origin.now, .trace = {}};
    if (!begins_trace) return out;
    // The id is random enough to name the trace that begins with this event.
    TraceContext trace;
    trace.trace = origin.id.bytes;
    std::copy_n(origin.id.bytes.begin() + 8, 8, trace.parent.begin());
    out.trace = trace;
    return out;
}

v1::Timeframe to_contract(Timeframe timeframe) { return static_cast<v1::Timeframe>(static_cast<int>(timeframe) + 1); }
static_assert(static_cast<int>(Timeframe::ticks) + 1 == v1::TIMEFRAME_TICKS && static_cast<int>(Timeframe::mn1) + 1 == v1::TIMEFRAME_MN1);

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

Result<Event> bar_message(const ClosedBar& bar, const MessageOrigin& origin) {
    v1::BarClosed message;
    message.set_symbol(std::string(origin.symbol));
    message.set_feed(std::string(origin.feed));
    message.set_timeframe(to_contract(bar.timeframe));
    v1::Bar& to = *message.mutable_bar();
    to.set_open_time_ns(bar.bar.time.value);
    to.set_known_ns(bar.known.value);
    to.set_open_e9(bar.bar.open.raw);
    to.set_high_e9(bar.bar.high.raw);
    to.set_low_e9(bar.bar.low.raw);
    to.set_close_e9(bar.bar.close.raw);
    to.set_volume_e6(bar.bar.volume.raw);
    to.set_tick_count(bar.ticks);
    if (bar.ask_close.raw > 0) {
        to.set_ask_open_e9(bar.ask_open.raw);
        to.set_ask_high_e9(bar.ask_high.raw);
        to.set_ask_low_e9(bar.ask_low.raw);
        to.set_ask_close_e9(bar.ask_close.raw);
    }
    return kit::pack(message, envelope(origin, true));
}

Result<BarMessage> read_bar_message(const Event& event) {
    TRY(const v1::BarClosed message, kit::unpack_as<v1::BarClosed>(event));
    const v1::Bar& from = message.bar();
    if (message.timeframe() <= v1::TIMEFRAME_TICKS || message.timeframe() > v1::TIMEFRAME_MN1)
        return fail(ErrorCode::bad_input, "event " + event.id.text() + ": a bar of no timeframe that this build knows");
    BarMessage out{message.symbol(), {}};
    out.bar = {.timeframe = static_cast<Timeframe>(message.timeframe() - 1),
               .bar = {{from.open_time_ns()}, {from.open_e9()}, {from.high_e9()}, {from.low_e9()}, {from.close_e9()}, {from.volume_e6()}},
               .known = {from.known_ns()},
               .ask_open = {from.ask_open_e9()}, .ask_high = {from.ask_high_e9()}, .ask_low = {from.ask_low_e9()}, .ask_close = {from.ask_close_e9()},
               .ticks = from.tick_count()};
    return out;
}

}  // namespace aitrading::market
