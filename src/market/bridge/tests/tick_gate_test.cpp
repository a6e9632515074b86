#include "market/bridge/tick_gate.hpp"

#include <gtest/gtest.h>

namespace aitrading::market {
namespace {

constexpr UnixNanos start{1'500'000'000'000'000'000};

Tick tick(double bid, std::int64_t seconds = 0, double spread = 0.0002) {
    return {{start.value + seconds * nanos_per_second}, Price::from_double(bid), Price::from_double(bid + spread), {}, {}};
}
UnixNanos at(std::int64_t seconds) { return {start.value + seconds * nanos_per_second}; }

TEST(tick_gate, refuses_what_no_market_says) {
    TickGate gate;
    EXPECT_EQ(gate.check(tick(0), at(0)), FeedFault::not_positive);
    EXPECT_EQ(gate.check(tick(-1), at(0)), FeedFault::not_positive);
    EXPECT_EQ(gate.check(tick(1.1, 0, -0.0001), at(0)), FeedFault::crossed);
    EXPECT_EQ(gate.check(tick(1.1, 0, 0), at(0)), std::nullopt) << "a spread of zero is a price";
}

TEST(tick_gate, keeps_the_order_of_time) {
    TickGate gate;
    EXPECT_EQ(gate.check(tick(1.1, 10), at(10)), std::nullopt);
    EXPECT_EQ(gate.check(tick(1.1, 9), at(10)), FeedFault::out_of_order);
    EXPECT_EQ(gate.check(tick(1.1, 10), at(10)), std::nullopt) << "two quotes of one instant";
    EXPECT_EQ(gate.check(tick(1.1, 15), at(10)), std::nullopt) << "clocks differ by some seconds";
    EXPECT_EQ(gate.check(tick(1.1, 17), at(11)), FeedFault::from_the_future);
    EXPECT_EQ(gate.check(tick(1.1, 16), at(16)), std::nullopt) << "what was refused leaves no trace";
}

TEST(tick_gate, believes_a_jump_when_others_confirm_it) {
    TickGate gate;
    EXPECT_EQ(gate.check(tick(1.1, 0), at(0)), std::nullopt);
    EXPECT_EQ(gate.check(tick(11.0, 1), at(1)), FeedFault::jump) << "a point at the wrong place";
    EXPECT_EQ(gate.check(tick(1.1001, 2), at(2)), std::nullopt);
    EXPECT_EQ(gate.check(tick(0.9, 3), at(3)), FeedFault::jump);
    EXPECT_EQ(gate.check(tick(0.901, 4), at(4)), FeedFault::jump);
    EXPECT_EQ(gate.check(tick(0.9, 5), at(5)), std::nullopt) << "a peg that broke";
    EXPECT_EQ(gate.check(tick(1.1, 6), at(6)), FeedFault::jump) << "and now the old price is the jump";
}

TEST(tick_gate, judges_bars) {
    const auto price = [](double p) { return Price::from_double(p); };
    const Bar bar{start, price(1.1), price(1.2), price(1.0), price(1.15), {}};
    const auto with = [&](auto change) {
        Bar other = bar;
        change(other);
        TickGate gate;
        return gate.check(other, {}, nanos_per_hour, at(3600));
    };
    EXPECT_EQ(with([](Bar&) {}), std::nullopt);
    EXPECT_EQ(with([&](Bar& b) { b.close = price(1.21); }), FeedFault::crossed);
    EXPECT_EQ(with([&](Bar& b) { b.open = price(0.99); }), FeedFault::crossed);
    EXPECT_EQ(with([&](Bar& b) { b.high = price(0.5); }), FeedFault::crossed);
    EXPECT_EQ(with([&](Bar& b) { b.low = price(0); }), FeedFault::not_positive);
    TickGate gate;
    EXPECT_EQ(gate.check(bar, {-1}, nanos_per_hour, at(3600)), FeedFault::crossed) << "a negative spread";
    EXPECT_EQ(gate.check(bar, {}, nanos_per_hour, at(3600 - 6)), FeedFault::from_the_future) << "it has not closed yet";
    EXPECT_EQ(gate.check(bar, {}, nanos_per_hour, at(3600)), std::nullopt);
    EXPECT_EQ(gate.check(bar, {}, nanos_per_hour, at(3601)), FeedFault::out_of_order) << "the same bar again";
}

TEST(tick_gate, counts_what_never_came) {
    TickGate gate;
    EXPECT_EQ(gate.missed_before(5), 0U) << "where a feed begins nothing is missing";
    EXPECT_EQ(gate.missed_before(6), 0U);
    EXPECT_EQ(gate.missed_before(10), 3U);
    EXPECT_EQ(gate.missed_before(1), 0U) << "the source counts anew";
    EXPECT_EQ(gate.missed_before(3), 1U);
}

}  // namespace
}  // namespace aitrading::market
