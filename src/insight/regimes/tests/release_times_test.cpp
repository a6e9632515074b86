#include "insight/regimes/release_times.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace aitrading::insight {
namespace {

constexpr std::int64_t minute = nanos_per_minute, hour = nanos_per_hour;
constexpr std::int64_t noon = 1'500'000'000 * nanos_per_second;

market::EconomicEvent event(std::int64_t at, const char* currency = "USD", market::Impact impact = market::Impact::high) {
    market::EconomicEvent out;
    out.time = UnixNanos{at};
    out.currency = currency;
    out.impact = impact;
    return out;
}

TEST(release_times, lie_at_the_bar_they_are_published_in) {
    const std::vector events{event(noon), event(noon + 5 * hour, "JPY"), event(noon + 7 * hour, "USD", market::Impact::low)};
    const ReleaseTimes times(events, {.currencies = {"EUR", "USD"}});
    EXPECT_EQ(times.size(), 1U);
    const auto at = [&](std::int64_t open, std::int64_t step) { return times.at_bar(UnixNanos{open}, UnixNanos{open + step}); };
    EXPECT_EQ(at(noon, hour), true);
    EXPECT_EQ(at(noon - hour + 1, hour), true);
    EXPECT_EQ(at(noon - hour, hour), std::nullopt);  // published at the close: the next bar's, and nothing was known before
    EXPECT_EQ(at(noon + 14 * minute, minute), true);
    EXPECT_EQ(at(noon + 16 * minute, minute), false);
    EXPECT_EQ(at(noon + 5 * hour, hour), false);
    EXPECT_EQ(at(noon + 7 * hour, hour), false);
}

TEST(release_times, say_nothing_where_the_calendar_does_not_reach) {
    const ReleaseTimes times(std::vector{event(noon)}, {});
    EXPECT_EQ(times.at_bar(UnixNanos{noon - 9 * hour}, UnixNanos{noon - 8 * hour}), std::nullopt);
    EXPECT_EQ(times.at_bar(UnixNanos{noon + 30 * nanos_per_day}, UnixNanos{noon + 30 * nanos_per_day + hour}), false);
    EXPECT_EQ(times.at_bar(UnixNanos{noon + 31 * nanos_per_day}, UnixNanos{noon + 31 * nanos_per_day + hour}), std::nullopt);
    EXPECT_EQ(ReleaseTimes({}, {}).at_bar(UnixNanos{noon}, UnixNanos{noon + hour}), std::nullopt);
}

TEST(release_times, change_nothing_before_a_cut) {
    SplitMix64 random(4);
    std::vector<market::EconomicEvent> events;
    events.reserve(401);
    for (int i = 0; i < 400; ++i) events.push_back(event(noon + static_cast<std::int64_t>(random.next_below(2000)) * 10 * minute));
    events.emplace_back();  // without a time
    const ReleaseTimes whole(events, {});
    for (int round = 0; round < 50; ++round) {
        const std::int64_t open = noon + static_cast<std::int64_t>(random.next_below(400)) * hour, close = open + hour;
        auto known = events;
        std::erase_if(known, [close](const auto& e) { return !e.time || e.time->value >= close; });
        EXPECT_EQ(ReleaseTimes(known, {}).at_bar(UnixNanos{open}, UnixNanos{close}), whole.at_bar(UnixNanos{open}, UnixNanos{close}));
    }
}

}  // namespace
}  // namespace aitrading::insight
