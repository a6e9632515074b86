#include "market/bridge/live_bars.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace aitrading::market {
namespace {

constexpr std::int64_t start = 1'500'000'000'000'000'000 / nanos_per_minute * nanos_per_minute;

Tick tick(std::int64_t seconds, std::int64_t points) {
    return {{start + seconds * nanos_per_second}, {points}, {points + 2}, {}, {}};
}

TEST(live_bars, ends_a_bar_with_the_first_tick_of_another) {
    LiveBars bars(Timeframe::m1);
    EXPECT_EQ(bars.add(tick(1, 10)), std::nullopt);
    EXPECT_EQ(bars.add(tick(5, 14)), std::nullopt);
    EXPECT_EQ(bars.add(tick(59, 9)), std::nullopt);
    const auto closed = bars.add(tick(60, 11));
    ASSERT_TRUE(closed);
    const ClosedBar wanted{.timeframe = Timeframe::m1, .bar = {{start}, {10}, {14}, {9}, {9}, {3 * Quantity::scale}}, .known = {start + nanos_per_minute},
                           .ask_open = {12}, .ask_high = {16}, .ask_low = {11}, .ask_close = {11}, .ticks = 3};
    EXPECT_EQ(*closed, wanted);
    const auto next = bars.add(tick(600, 20));
    ASSERT_TRUE(next) << "minutes without a tick have no bar";
    EXPECT_EQ(next->bar.time.value, start + nanos_per_minute);
    EXPECT_EQ(next->ticks, 1);
}

TEST(live_bars, ends_a_bar_when_time_has_passed) {
    LiveBars bars(Timeframe::m1);
    EXPECT_EQ(bars.advance({start}), std::nullopt) << "there is no bar yet";
    bars.add(tick(1, 10));
    EXPECT_EQ(bars.advance({start + nanos_per_minute - 1}), std::nullopt);
    const auto closed = bars.advance({start + nanos_per_minute});
    ASSERT_TRUE(closed);
    EXPECT_EQ(closed->ticks, 1);
    EXPECT_EQ(bars.advance({start + 5 * nanos_per_minute}), std::nullopt) << "once";
    EXPECT_EQ(bars.add(tick(59, 99)), std::nullopt) << "its bar has ended and was told";
    EXPECT_EQ(bars.too_late(), 1);
    EXPECT_EQ(bars.add(tick(61, 12)), std::nullopt);
    EXPECT_EQ(bars.advance({start + 2 * nanos_per_minute})->bar.open.raw, 12);
}

// No value of the future: what a bar says at its close depends on no tick behind it.
TEST(live_bars, says_the_same_of_a_stream_that_was_cut) {
    std::vector<Tick> ticks;
    ticks.reserve(2'000);
    for (std::int64_t i = 0; i < 2'000; ++i) ticks.push_back(tick(i * 7 / 2, 100 + (i * 37) % 23));
    std::vector<ClosedBar> all;
    LiveBars whole(Timeframe::m5);
    for (const Tick& t : ticks)
        if (const auto closed = whole.add(t)) all.push_back(*closed);
    for (const std::size_t cut : {1UL, 77UL, 500UL, 1'234UL, 1'999UL}) {
        LiveBars bars(Timeframe::m5);
        std::vector<ClosedBar> some;
        for (std::size_t i = 0; i < cut; ++i)
            if (const auto closed = bars.add(ticks[i])) some.push_back(*closed);
        ASSERT_LE(some.size(), all.size());
        EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin())) << "cut at " << cut;
        for (const ClosedBar& bar : some) EXPECT_LE(bar.known, ticks[cut - 1].time) << "told before its end";
    }
}

}  // namespace
}  // namespace aitrading::market
