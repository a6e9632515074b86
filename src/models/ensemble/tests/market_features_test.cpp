#include "models/ensemble/market_features.hpp"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "market/simulator/market.hpp"
#include "models/ensemble/market_learners.hpp"

namespace aitrading::models {
namespace {

std::vector<MarketBar> draw(std::size_t count, std::uint64_t seed) {
    market::SyntheticMarket generator(market::specified_market(1.1), seed);
    std::vector<MarketBar> bars;
    for (std::size_t i = 0; i < count; ++i) {
        const market::MarketRow row = generator.next();
        bars.push_back({row.x, row.dxy, row.r_bp, row.log_volume, row.log_spread});
    }
    return bars;
}

TEST(market_features, change_nothing_before_a_cut) {
    const std::vector<MarketBar> bars = draw(600, 1);
    const FeatureMatrix whole = market_feature_matrix(bars);
    ASSERT_EQ(whole.columns(), MarketFeatures::columns);
    for (const std::size_t cut : {std::size_t{1}, std::size_t{2}, std::size_t{77}, std::size_t{599}}) {
        const FeatureMatrix part = market_feature_matrix(std::span(bars).first(cut));
        EXPECT_EQ(std::memcmp(part.values.data(), whole.values.data(), part.values.size() * sizeof(double)),
                  0);
    }
}

TEST(market_features, remember_as_an_exponential_mean_does) {
    const std::vector<MarketBar> bars = draw(50, 2);
    const FeatureMatrix f = market_feature_matrix(bars);
    double r = bars[0].r_bp, product = 0;
    for (std::size_t t = 1; t < bars.size(); ++t) {
        r += 2.0 / 6 * (bars[t].r_bp - r);
        product += 2.0 / 6 * (bars[t].r_bp * bars[t - 1].x - product);
        EXPECT_NEAR(f.row(t)[5], r, 1e-12);
        EXPECT_NEAR(f.row(t)[9], product, 1e-12);
    }
    EXPECT_EQ(f.names[5], "ewma(r,5)");
    EXPECT_EQ(f.names[9], "ewma(r_x1,5)");
}

TEST(market_features, skip_a_bar_that_is_not_finite) {
    std::vector<MarketBar> bars = draw(30, 3), without = bars;
    bars[10].x = NAN;
    without.erase(without.begin() + 10);
    const FeatureMatrix a = market_feature_matrix(bars), b = market_feature_matrix(without);
    EXPECT_TRUE(std::isnan(a.row(10)[0]));
    for (std::size_t c = 0; c < a.columns(); ++c) EXPECT_EQ(a.row(20)[c], b.row(19)[c]);
}

TEST(market_labels, speak_of_the_next_return_and_say_where_it_is_unknown) {
    std::vector<MarketBar> bars = draw(20, 4);
    bars[7].r_bp = 0;
    const LabelSet labels = market_labels(bars);
    ASSERT_EQ(labels.size(), 20U);
    EXPECT_TRUE(std::isnan(labels.y[6]));
    EXPECT_TRUE(std::isnan(labels.y[19]));
    for (const std::size_t t : {0U, 3U, 10U, 18U}) {
        EXPECT_EQ(labels.y[t], bars[t + 1].r_bp > 0 ? 1.0F : 0.0F);
        EXPECT_EQ(labels.target[t], bars[t + 1].r_bp);
        EXPECT_EQ(labels.end[t], t + 1);
    }
    const Split split = market_split(labels, 12, 20);
    EXPECT_EQ(split.train.size(), 10U);  // rows 0..10 without row 6; row 11's label is known at row 12 only
    EXPECT_EQ(split.train.back(), 10U);
    EXPECT_EQ(split.test.front(), 12U);
    EXPECT_EQ(split.test.back(), 19U);
}

}  // namespace
}  // namespace aitrading::models
