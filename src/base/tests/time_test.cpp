#include "base/time.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace aitrading {
namespace {

TEST(Time, converts_known_instants) {
    EXPECT_EQ(from_civil({1970, 1, 1}).value, 0);
    EXPECT_EQ(from_civil({2019, 5, 31, 20, 0, 0, 0}).value, 1559332800LL * nanos_per_second);
    EXPECT_EQ(to_iso8601(UnixNanos{-1}), "1969-12-31T23:59:59.999999999Z");
    EXPECT_EQ(weekday(from_civil({1970, 1, 1})), 3);
    EXPECT_EQ(weekday(from_civil({2019, 6, 2})), 6);
}

TEST(Time, reads_what_it_writes) {
    SplitMix64 random(7);
    for (int i = 0; i < 20'000; ++i) {
        const UnixNanos t{static_cast<std::int64_t>(random.next() % 9'000'000'000'000'000'000ULL)};
        const auto back = parse_iso8601(to_iso8601(t));
        ASSERT_TRUE(back.has_value());
        EXPECT_EQ(back->value, t.value);
        EXPECT_EQ(from_civil(to_civil(t)).value, t.value);
    }
}

TEST(Time, accepts_offsets_and_refuses_impossible_dates) {
    EXPECT_EQ(*parse_iso8601("2018-02-01 13:30+02:00"), *parse_iso8601("2018-02-01T11:30:00Z"));
    for (const char* bad : {"2018-02-30", "2018-13-01", "2018-02-01T24:00", "20180201", "2018-02-01x", "", "1500-01-01"})
        EXPECT_FALSE(parse_iso8601(bad).has_value()) << bad;
}

}  // namespace
}  // namespace aitrading
