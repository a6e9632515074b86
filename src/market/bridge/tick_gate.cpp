#include "market/bridge/tick_gate.hpp"

#include <cmath>
#include <cstdlib>

namespace aitrading::market {
namespace {

bool near(std::int64_t level, std::int64_t other, double share) {
    return std::abs(static_cast<double>(level - other)) <= share * static_cast<double>(other);
}

}  // namespace

std::string_view name(FeedFault fault) {
    constexpr std::array<std::string_view, feed_fault_kinds> names{"not_positive", "crossed", "out_of_order", "from_the_future", "jump", "unreadable"};
    return names[static_cast<std::size_t>(fault)];
}

std::optional<FeedFault> TickGate::keep_order(UnixNanos known, UnixNanos now) const {
    if (last_known_ && known < *last_known_) return FeedFault::out_of_order;
    if (known.value > now.value + options_.ahead_nanos) return FeedFault::from_the_future;
    return std::nullopt;
}

std::optional<FeedFault> TickGate::look_for_jump(std::int64_t level) {
    if (last_level_ == 0 || near(level, last_level_, options_.jump_share)) {
        pending_ = 0;
        return std::nullopt;
    }
    pending_ = pending_ > 0 && near(level, pending_level_, options_.jump_share) ? pending_ + 1 : 1;
    pending_level_ = level;
    if (pending_ < options_.confirmed_after) return FeedFault::jump;
    pending_ = 0;
    return std::nullopt;
}

std::optional<FeedFault> TickGate::check(const Tick& tick, UnixNanos now) {
    if (tick.bid.raw <= 0 || tick.ask.raw <= 0) return FeedFault::not_positive;
    if (tick.ask < tick.bid) return FeedFault::crossed;
    if (const auto fault = keep_order(tick.time, now)) return fault;
    const std::int64_t level = tick.bid.raw + (tick.ask.raw - tick.bid.raw) / 2;
    if (const auto fault = look_for_jump(level)) return fault;
    last_known_ = tick.time;
    last_level_ = level;
    return std::nullopt;
}

std::optional<FeedFault> TickGate::check(const Bar& bar, Price spread, std::int64_t bar_nanos, UnixNanos now) {
    if (bar.low.raw <= 0) return FeedFault::not_positive;
    if (bar.high < bar.low || bar.open > bar.high || bar.open < bar.low || bar.close > bar.high || bar.close < bar.low || spread.raw < 0)
        return FeedFault::crossed;
    const UnixNanos known{bar.time.value + bar_nanos};
    // A bar follows the one before; a second bar of the same time would be the same bar twice.
    if (last_known_ && known == *last_known_) return FeedFault::out_of_order;
    if (const auto fault = keep_order(known, now)) return fault;
    if (const auto fault = look_for_jump(bar.close.raw)) return fault;
    last_known_ = known;
    last_level_ = bar.close.raw;
    return std::nullopt;
}

std::uint64_t TickGate::missed_before(std::uint64_t sequence) {
    const std::uint64_t missed = sequence_ > 0 && sequence > sequence_ + 1 ? sequence - sequence_ - 1 : 0;
    sequence_ = sequence;
    return missed;
}

}  // namespace aitrading::market
