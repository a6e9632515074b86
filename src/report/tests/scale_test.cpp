#include "report/scale.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/random.hpp"
#include "report/interval.hpp"

namespace aitrading::report {
namespace {

UnixNanos day(int year, int month, int of_month) { return from_civil({.year = year, .month = month, .day = of_month}); }

TEST(NiceAxis, holds_the_values_in_few_round_ticks) {
    SplitMix64 random(1);
    for (int i = 0; i < 2000; ++i) {
        const double a = random.next_normal() * std::pow(10.0, static_cast<double>(random.next_below(12)) - 6);
        const double b = a + std::abs(random.next_normal()) * std::pow(10.0, static_cast<double>(random.next_below(12)) - 6);
        const NiceAxis axis = nice_axis(a, b, 6);
        const double slack = 1e-6 * (axis.range.high - axis.range.low);
        EXPECT_LE(axis.range.low, a + slack);
        EXPECT_GE(axis.range.high, b - slack);
        EXPECT_GE(axis.ticks.size(), 2U);
        EXPECT_LE(axis.ticks.size(), 9U);
    }
}

TEST(NiceAxis, survives_one_value_nothing_and_nonsense) {
    EXPECT_LT(nice_axis(5, 5, 4).range.low, 5);
    EXPECT_GT(nice_axis(5, 5, 4).range.high, 5);
    EXPECT_LT(nice_axis(0, 0, 4).range.low, 0.1);
    EXPECT_EQ(nice_axis(NAN, 1, 4).range.high, 1);
    EXPECT_EQ(nice_axis(INFINITY, -INFINITY, 4).range.low, 0);
    EXPECT_LE(nice_axis(1e18, 1e18 + 1, 4).ticks.size(), 64U);
}

TEST(NiceAxis, writes_ticks_with_the_digits_they_need) {
    EXPECT_EQ(nice_axis(0, 100, 4).digits, 0);
    EXPECT_EQ(nice_axis(1.05, 1.20, 6).digits, 3);
    EXPECT_EQ(nice_axis(0, 1, 5).digits, 1);
}

TEST(TimeTicks, lie_inside_in_order_and_are_few) {
    const std::pair<UnixNanos, UnixNanos> spans[] = {{day(2019, 5, 31), {day(2019, 5, 31).value + 5 * nanos_per_hour}},
                                                     {day(2019, 5, 1), day(2019, 5, 20)},
                                                     {day(2018, 1, 15), day(2019, 5, 20)},
                                                     {day(1999, 1, 4), day(2018, 12, 31)},
                                                     {day(1700, 1, 1), day(2250, 1, 1)}};
    for (const auto& [from, to] : spans) {
        const std::vector<TimeTick> ticks = time_ticks(from, to, 8);
        ASSERT_FALSE(ticks.empty());
        EXPECT_LE(ticks.size(), 10U);
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            EXPECT_GE(ticks[i].at, from);
            EXPECT_LE(ticks[i].at, to);
            if (i > 0) {
                EXPECT_LT(ticks[i - 1].at, ticks[i].at);
            }
        }
    }
}

TEST(TimeTicks, say_the_year_once_where_months_are_told) {
    const std::vector<TimeTick> ticks = time_ticks(day(2014, 1, 1), day(2015, 6, 1), 9);
    EXPECT_EQ(ticks.front().label, "Jan 2014");
    EXPECT_EQ(ticks[1].label, "Mar");
    EXPECT_EQ(time_ticks(day(1999, 1, 1), day(2018, 1, 1), 10).front().label, "2000");
}

TEST(TimeTicks, give_one_tick_for_one_instant) { EXPECT_EQ(time_ticks(day(2019, 5, 31), day(2019, 5, 31), 5).size(), 1U); }

TEST(Wilson, equals_the_half_widths_of_the_specification) {
    const auto half = [](double share, std::int64_t n) { return (wilson(share, n).high - wilson(share, n).low) / 2; };
    EXPECT_NEAR(half(0.5, 243), 0.063, 0.001);
    EXPECT_NEAR(half(0.5, 1000), 0.031, 0.0005);
    EXPECT_NEAR(half(0.5, 20000), 0.007, 0.0005);
    // statsmodels.stats.proportion.proportion_confint(8, 10, method="wilson")
    EXPECT_NEAR(wilson(0.8, 10).low, 0.490162, 1e-6);
    EXPECT_NEAR(wilson(0.8, 10).high, 0.943318, 1e-6);
}

TEST(Wilson, stays_a_share_at_the_edges) {
    EXPECT_EQ(wilson(0, 1).low, 0);
    EXPECT_EQ(wilson(1, 1).high, 1);
    EXPECT_LT(wilson(0, 1).high, 1);
}

TEST(MeanOf, tells_mean_deviation_and_half_width) {
    MeanOf m;
    EXPECT_TRUE(std::isnan(m.mean()));
    for (const double v : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) m.add(v);
    EXPECT_DOUBLE_EQ(m.mean(), 5);
    EXPECT_NEAR(m.deviation(), 2.13808993529939, 1e-12);
    EXPECT_NEAR(m.half_width(), z95 * 2.13808993529939 / std::sqrt(8.0), 1e-12);
}

}  // namespace
}  // namespace aitrading::report
