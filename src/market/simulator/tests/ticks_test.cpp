#include "market/simulator/ticks.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace aitrading::market {
namespace {

constexpr int many = 2'000'000;
constexpr std::int64_t point = 10'000;

TEST(TickSimulator, same_seed_same_ticks) {
    TickSimulator a(5), b(5), c(6);
    bool differs = false;
    for (int i = 0; i < 10'000; ++i) {
        const Tick tick = a.next();
        ASSERT_EQ(tick, b.next());
        differs = differs || !(tick == c.next());
    }
    EXPECT_TRUE(differs);
}

TEST(TickSimulator, time_strictly_increases_in_whole_milliseconds_and_skips_weekends) {
    TickSimulator ticks(1);
    UnixNanos before{0};
    std::set<int> days;
    for (int i = 0; i < many; ++i) {
        const UnixNanos time = ticks.next().time;
        ASSERT_LT(before, time);
        ASSERT_EQ(time.value % 1'000'000, 0);
        before = time;
        const int day = weekday(time);
        const std::int64_t hour = time.value % nanos_per_day / nanos_per_hour;
        days.insert(day);
        ASSERT_FALSE(day == 5 || (day == 4 && hour >= 22) || (day == 6 && hour < 22)) << to_iso8601(time);
    }
    EXPECT_EQ(days, (std::set<int>{0, 1, 2, 3, 4, 6}));
}

TEST(TickSimulator, quotes_are_never_crossed_lie_on_points_and_have_sizes) {
    TickSimulator ticks(2);
    std::set<std::int64_t> spreads;
    for (int i = 0; i < many; ++i) {
        const Tick tick = ticks.next();
        ASSERT_LT(tick.bid, tick.ask);
        ASSERT_EQ(tick.bid.raw % point, 0);
        ASSERT_EQ(tick.ask.raw % point, 0);
        ASSERT_GT(tick.bid.raw, 0);
        ASSERT_GE(tick.bid_size.raw, 100'000 * Quantity::scale);
        ASSERT_GE(tick.ask_size.raw, 100'000 * Quantity::scale);
        spreads.insert((tick.ask - tick.bid).raw / point);
    }
    EXPECT_GE(spreads.size(), 10U) << "the spread varies";
}

TEST(TickSimulator, bid_and_ask_mostly_move_together) {
    TickSimulator ticks(3);
    Tick before = ticks.next();
    int together = 0, moved = 0;
    for (int i = 0; i < many; ++i) {
        const Tick tick = ticks.next();
        const bool bid = tick.bid != before.bid, ask = tick.ask != before.ask;
        moved += bid || ask;
        together += bid && ask && tick.ask - tick.bid == before.ask - before.bid;
        before = tick;
    }
    EXPECT_GT(together, moved / 2);
    EXPECT_LT(together, moved);
}

/// Realised volatility a minute by UTC hour: New York must be livelier than Asia and the rollover by so much, and a day
/// must be worth about half a per cent.
TEST(TickSimulator, volatility_follows_the_hour_and_a_day_moves_about_half_a_percent) {
    TickSimulator ticks(4);
    std::array<double, 24> squares{};
    std::array<int, 24> minutes{};
    std::int64_t minute = -1;
    double last = 0, minute_close = 0;
    for (int i = 0; i < 4 * many; ++i) {
        const Tick tick = ticks.next();
        const std::int64_t now = tick.time.value / nanos_per_minute;
        if (now != minute) {
            if (minute >= 0 && minute_close > 0 && now == minute + 1) {
                const auto hour = static_cast<std::size_t>(minute / 60 % 24);
                squares[hour] += std::pow(std::log(last / minute_close), 2);
                ++minutes[hour];
            }
            minute_close = last;
            minute = now;
        }
        last = (tick.bid.to_double() + tick.ask.to_double()) / 2;  // the bid alone moves with the spread, widely at night
    }
    const auto a_minute = [&](std::size_t hour) { return std::sqrt(squares[hour] / minutes[hour]); };
    // More ticks alone would make the busiest hour twice as lively as Asia's and 2.5 times as the rollover's; their steps
    // are wider too, so that a minute's volatility follows the hour's activity itself: 1.90 to 0.45 and to 0.30.
    EXPECT_NEAR(a_minute(14) / a_minute(3), 4.2, 0.8);
    EXPECT_NEAR(a_minute(14) / a_minute(21), 6.3, 1.2);
    double day = 0;
    for (std::size_t hour = 0; hour < 24; ++hour) day += 60 * squares[hour] / minutes[hour];
    EXPECT_NEAR(std::sqrt(day), 0.005, 0.0025);
}

}  // namespace
}  // namespace aitrading::market
