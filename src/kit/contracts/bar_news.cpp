#include "kit/contracts/bar_news.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aitrading/v1/market.pb.h"

namespace aitrading::kit {
namespace {

static_assert(Price::scale == 1'000'000'000, "the contracts' *_e9");
static_assert(Quantity::scale == 1'000'000, "the contracts' *_e6");
static_assert(static_cast<int>(Timeframe::ticks) + 1 == v1::TIMEFRAME_TICKS && static_cast<int>(Timeframe::mn1) + 1 == v1::TIMEFRAME_MN1);

v1::BarClosed message_of(const BarNews& news) {
    v1::BarClosed message;
    message.set_symbol(news.symbol);
    message.set_feed(news.feed);
    message.set_timeframe(to_contract(news.timeframe));
    v1::Bar& to = *message.mutable_bar();
    to.set_open_time_ns(news.bar.time.value);
    to.set_known_ns(news.known.value);
    to.set_open_e9(news.bar.open.raw);
    to.set_high_e9(news.bar.high.raw);
    to.set_low_e9(news.bar.low.raw);
    to.set_close_e9(news.bar.close.raw);
    to.set_volume_e6(news.bar.volume.raw);
    to.set_tick_count(news.ticks);
    if (news.ask) {
        to.set_ask_open_e9(news.ask->open.raw);
        to.set_ask_high_e9(news.ask->high.raw);
        to.set_ask_low_e9(news.ask->low.raw);
        to.set_ask_close_e9(news.ask->close.raw);
    }
    return message;
}

}  // namespace

v1::Timeframe to_contract(Timeframe timeframe) { return static_cast<v1::Timeframe>(static_cast<int>(timeframe) + 1); }

Result<Event> pack(const BarNews& news, Origin origin) { return pack(message_of(news), std::move(origin)); }

Result<Event> pack_derived(const BarNews& news, Speaker speaker) {
    speaker.about = news.known;
    return pack_derived(message_of(news), std::move(speaker));
}

Result<BarNews> unpack_bar(const Event& event) {
    TRY(const v1::BarClosed message, unpack_as<v1::BarClosed>(event));
    if (message.timeframe() <= v1::TIMEFRAME_TICKS || message.timeframe() > v1::TIMEFRAME_MN1)
        return fail(ErrorCode::bad_input, "event " + event.id.text() + ": a bar of no timeframe that this build knows");
    const v1::Bar& from = message.bar();
    BarNews news{.symbol = message.symbol(),
                 .feed = message.feed(),
                 .timeframe = static_cast<Timeframe>(message.timeframe() - 1),
                 .bar = {{from.open_time_ns()}, {from.open_e9()}, {from.high_e9()}, {from.low_e9()}, {from.close_e9()}, {from.volume_e6()}},
                 .known = {from.known_ns()},
                 .ask = {},
                 .ticks = from.tick_count()};
    if (from.has_ask_close_e9()) news.ask = AskSide{{from.ask_open_e9()}, {from.ask_high_e9()}, {from.ask_low_e9()}, {from.ask_close_e9()}};
    return news;
}

Result<std::optional<Timeframe>> bars_timeframe(v1::Timeframe timeframe) {
    if (timeframe == v1::TIMEFRAME_UNSPECIFIED) return std::optional<Timeframe>();
    if (timeframe <= v1::TIMEFRAME_TICKS || timeframe > v1::TIMEFRAME_MN1) return fail(ErrorCode::bad_input, "timeframe: one of bars is expected, TIMEFRAME_M1 to TIMEFRAME_MN1");
    return std::optional(static_cast<Timeframe>(timeframe - 1));
}

Result<BarColumns> brought_bars(const google::protobuf::RepeatedPtrField<v1::Bar>& bars, const SeriesKey& key, int digits, std::size_t bars_max) {
    const auto count = static_cast<std::size_t>(bars.size());
    if (count == 0 || count > bars_max) return fail(ErrorCode::bad_input, fmt::format("bars: {} were given, 1 to {} are taken at a time", count, bars_max));
    const auto refuse = [](std::size_t i, std::string_view what) { return fail(ErrorCode::bad_input, fmt::format("bars[{}]: {}", i, what)); };
    BarColumns out;
    out.key = key;
    out.digits = digits;
    out.reserve(count);
    const bool has_ask = bars[0].has_ask_close_e9();
    for (std::size_t i = 0; i < count; ++i) {
        const v1::Bar& from = bars[static_cast<int>(i)];
        const Bar bar{{from.open_time_ns()}, {from.open_e9()}, {from.high_e9()}, {from.low_e9()}, {from.close_e9()}, {from.volume_e6()}};
        if (i > 0 && bar.time <= out.time.back()) return refuse(i, "open_time_ns is not later than that of the bar before");
        if (bar.low.raw <= 0) return refuse(i, "low_e9 is not positive");
        if (bar.low > std::min(bar.open, bar.close) || bar.high < std::max(bar.open, bar.close)) return refuse(i, "low_e9 and high_e9 do not hold open_e9 and close_e9");
        if (bar.volume.raw < 0) return refuse(i, "volume_e6 is negative");
        if (from.has_ask_close_e9() != has_ask) return refuse(i, "ask_close_e9 is told of some bars and not of others");
        if (has_ask && from.ask_close_e9() < from.close_e9()) return refuse(i, "ask_close_e9 lies below close_e9");
        out.append(bar);
        if (has_ask) out.spread.push_back(Price{from.ask_close_e9()} - bar.close);
    }
    return out;
}

}  // namespace aitrading::kit
