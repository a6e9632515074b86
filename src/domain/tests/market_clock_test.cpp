#include "domain/market_clock.hpp"

#include <gtest/gtest.h>

namespace aitrading {
namespace {

using std::chrono::seconds;

TEST(MarketClock, of_a_replay_goes_on_from_the_latest_row_at_its_speed) {
    MarketClock clock = MarketClock::replayed(3'600);
    const SteadyTime begun{};
    EXPECT_FALSE(clock.at(begun)) << "nothing has come";
    clock.see({1'000}, begun);
    EXPECT_EQ(clock.at(begun), UnixNanos{1'000});
    EXPECT_EQ(clock.at(begun + seconds(2)), UnixNanos{1'000 + 7'200'000'000'000});
    clock.see({500}, begun + seconds(1));
    EXPECT_EQ(clock.at(begun), UnixNanos{1'000}) << "an older row moves nothing";
    clock.see({2'000}, begun + seconds(1));
    EXPECT_EQ(clock.at(begun + seconds(1)), UnixNanos{2'000}) << "rows say what time it is, whatever was expected";
    EXPECT_EQ(clock.at(begun), UnixNanos{2'000});
    EXPECT_GT(clock.at(begun + std::chrono::hours(24 * 365 * 100))->value, 0) << "the end of what can be counted";
}

TEST(MarketClock, stands_between_rows_where_a_replay_goes_as_fast_as_it_can) {
    MarketClock clock = MarketClock::replayed(0);
    clock.see({7}, SteadyTime{});
    EXPECT_EQ(clock.at(SteadyTime{} + seconds(1'000)), UnixNanos{7});
}

TEST(MarketClock, of_a_live_feed_is_the_wall_clock) {
    MarketClock clock = MarketClock::live([] { return UnixNanos{42}; });
    EXPECT_EQ(clock.at(SteadyTime{}), UnixNanos{42});
    clock.see({7}, SteadyTime{});
    EXPECT_EQ(clock.at(SteadyTime{} + seconds(5)), UnixNanos{42});
}

}  // namespace
}  // namespace aitrading
