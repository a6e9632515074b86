#include "insight/correlation/dollar_link.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "base/random.hpp"

namespace aitrading::insight {
namespace {

/// Independent random walks of the six pairs and of gold; USDSEK's clock is two hours later within the same day.
std::vector<CrossSeries> walks(std::size_t rows, std::uint64_t seed) {
    std::vector<CrossSeries> out;
    SplitMix64 random(seed);
    for (const char* name : {"EURUSD", "USDJPY", "GBPUSD", "USDCAD", "USDSEK", "USDCHF", "XAUUSD"}) {
        CrossSeries series{name, "made", {}, {}};
        double level = 0;
        const bool krona = std::string_view(name) == "USDSEK";
        for (std::size_t i = 0; i < rows; ++i) {
            level += 0.01 * random.next_normal();
            series.known.push_back({static_cast<std::int64_t>(i + 1) * nanos_per_day - (krona ? 0 : 2 * nanos_per_hour)});
            series.level.push_back(std::exp(level));
        }
        out.push_back(std::move(series));
    }
    return out;
}

const AlignOptions by_day{.step_nanos = nanos_per_day};

TEST(DollarLink, of_a_leg_is_arithmetic_that_goes_with_the_leg) {
    // Independent legs of equal volatility: rho = w_own / sqrt(sum w^2), and zero without the own leg.
    const auto series = walks(4000, 5);
    const DollarLinks links = dollar_links(series, series, by_day).value();
    ASSERT_TRUE(links.available());
    ASSERT_EQ(links.links.size(), 7u);
    double squares = 0;
    for (const DollarIndexLeg& leg : dollar_index_legs) squares += leg.weight * leg.weight;
    for (std::size_t i = 0; i < 6; ++i) {
        const DollarLink& link = links.links[i];
        EXPECT_EQ(link.with.n, 3999u);
        EXPECT_NEAR(link.with.value, dollar_index_legs[i].weight / std::sqrt(squares), 0.05) << link.instrument;
        EXPECT_NEAR(link.without.value, 0, 0.06) << link.instrument;
        EXPECT_EQ(link.own_legs, std::vector<std::string>{link.instrument});
        EXPECT_NEAR(link.own_weight, std::abs(dollar_index_legs[i].weight), 1e-12);
        EXPECT_NEAR(link.next_with.value, 0, 0.06);
        EXPECT_EQ(link.next_with.n, 3998u);
    }
    EXPECT_TRUE(links.links[6].own_legs.empty());
    EXPECT_EQ(links.links[6].with.value, links.links[6].without.value) << "gold is no leg";
}

TEST(DollarLink, names_the_legs_that_are_missing) {
    auto series = walks(200, 6);
    series.erase(series.begin() + 4);  // USDSEK
    const DollarLinks five = dollar_links(series, series, by_day).value();
    EXPECT_FALSE(five.available());
    EXPECT_THAT(five.missing, testing::ElementsAre("USDSEK"));
    EXPECT_THAT(five.index, testing::HasSubstr("0.958"));
    EXPECT_EQ(five.links.size(), 6u);
    series.erase(series.begin() + 1);  // USDJPY
    const DollarLinks nothing = dollar_links(series, series, by_day).value();
    EXPECT_THAT(nothing.missing, testing::ElementsAre("USDJPY", "USDSEK"));
    EXPECT_TRUE(nothing.links.empty());
}

TEST(DollarLink, the_next_return_is_the_one_after) {
    auto series = walks(1000, 7);
    // Gold repeats what the index did the day before.
    CrossSeries& gold = series[6];
    for (std::size_t i = 2; i < gold.size(); ++i) {
        double move = 0;
        for (std::size_t leg = 0; leg < 6; ++leg)
            move += dollar_index_legs[leg].weight * std::log(series[leg].level[i - 1] / series[leg].level[i - 2]);
        gold.level[i] = gold.level[i - 1] * std::exp(-move);
    }
    const DollarLinks links = dollar_links(std::span(series).subspan(6), series, by_day).value();
    EXPECT_LT(links.links[0].next_with.value, -0.99);
    EXPECT_NEAR(links.links[0].with.value, 0, 0.1);
}

TEST(CorrelationEstimate, is_that_of_the_specification) {
    // Vector covariance: columns 0 and 1, Fisher's 95 % interval.
    const std::vector<double> x{0.4286, 0.7215, 1.235, -0.7629, 0.4438, -0.2939, 0.3888, -0.8091, -0.5925, 1.0869, -0.3912, 2.0471};
    const std::vector<double> y{-0.0375, 0.7066, 0.2686, -1.3459, -0.8692, -0.3728, 0.2936, -1.3448, -0.6575, 0.8716, -0.1719, -0.2771};
    const CorrelationEstimate r = correlation_estimate(x, y);
    EXPECT_NEAR(r.value, 0.630139777739, 1e-8);
    EXPECT_NEAR(r.low, 0.0880976336958, 1e-8);
    EXPECT_NEAR(r.high, 0.884259388206, 1e-8);
    EXPECT_EQ(r.n, 12u);
    EXPECT_TRUE(r.excludes_zero());
    EXPECT_NEAR(p_value(r), std::erfc(std::atanh(r.value) * 3 / std::sqrt(2.0)), 1e-12);
}

TEST(CorrelationEstimate, is_unknown_where_nothing_moves_or_too_little_is_there) {
    const std::vector<double> still(10, 0.3), few{1, 2, NAN, 3, NAN}, x{1, 2, 3, 4, 6, 5, 7, 9, 8, 10}, same{1, 2, 3, 4, 5};
    EXPECT_FALSE(correlation_estimate(still, x).known());
    EXPECT_FALSE(correlation_estimate(few, same).known());
    EXPECT_EQ(correlation_estimate(few, same).n, 3u);
    EXPECT_FALSE(correlation_estimate(few, same).excludes_zero());
    EXPECT_EQ(correlation_estimate(same, same).value, 1);
}

}  // namespace
}  // namespace aitrading::insight
