#include "insight/regimes/regime_state.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "insight/regimes/gaussian_hmm.hpp"

namespace aitrading::insight {
namespace {

TEST(transition_estimate, counts_moves_that_have_closed_over_a_prior_of_ten_bars) {
    TransitionEstimate estimate;
    const auto fresh = estimate.row(Regime::quiet);
    EXPECT_NEAR(fresh[6], 0.9, 1e-12);
    EXPECT_NEAR(fresh[0], 0.1 / 11, 1e-12);
    EXPECT_NEAR(estimate.expected_remaining(Regime::quiet), 9, 1e-12);
    for (int i = 0; i < 30; ++i) estimate.update(Regime::quiet);  // 29 moves to itself
    EXPECT_NEAR(estimate.row(Regime::quiet)[6], 38.0 / 39, 1e-12);
    estimate.update(Regime::crisis);
    EXPECT_NEAR(estimate.row(Regime::quiet)[6], 38.0 / 40, 1e-12);
    EXPECT_NEAR(estimate.row(Regime::quiet)[11], (1 + 1.0 / 11) / 40, 1e-12);
    EXPECT_NEAR(estimate.successor(Regime::quiet)[11], (1 + 1.0 / 11) / 2, 1e-12);
    EXPECT_EQ(estimate.successor(Regime::quiet)[6], 0);
    EXPECT_NEAR(estimate.expected_remaining(Regime::quiet), 19, 1e-12);
    estimate.update(Regime::unknown);  // a gap is no move
    estimate.update(Regime::quiet);
    EXPECT_NEAR(estimate.row(Regime::crisis)[11], 0.9, 1e-12);
    for (const auto& row : {estimate.row(Regime::quiet), estimate.successor(Regime::quiet)})
        EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-12);
}

TEST(transition_estimate, recovers_the_law_of_a_chain) {
    SplitMix64 random(3);
    TransitionEstimate estimate;
    Regime now = Regime::wide_range;
    for (int t = 0; t < 60'000; ++t) {
        const double u = random.next_uniform();
        if (now == Regime::wide_range)
            now = u < 0.95 ? now : u < 0.98 ? Regime::quiet : Regime::volatile_market;
        else
            now = u < 0.9 ? now : Regime::wide_range;
        estimate.update(now);
    }
    EXPECT_NEAR(estimate.row(Regime::wide_range)[5], 0.95, 0.005);
    EXPECT_NEAR(estimate.row(Regime::wide_range)[6], 0.03, 0.003);
    EXPECT_NEAR(estimate.successor(Regime::wide_range)[7], 0.4, 0.03);
    EXPECT_NEAR(estimate.expected_remaining(Regime::quiet), 9, 0.7);
}

std::vector<Candle> bars(std::size_t count, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<Candle> out;
    double price = 1.1;
    for (std::size_t t = 0; t < count; ++t) {
        const double open = price, size = 1e-3 * (1 + static_cast<double>(t / 200 % 4));
        price *= 1 + size * (random.next_normal() + (t / 300 % 3 == 0 ? 0.4 : 0.0));
        out.push_back({open, std::max(open, price) * 1.0002, std::min(open, price) * 0.9998, price, 900 + 200 * random.next_uniform(), 0});
    }
    return out;
}

RegimeState after(const std::vector<Candle>& series, std::size_t count) {
    RuleRegimes regimes = *RuleRegimes::of({});
    RegimeState last;
    for (std::size_t t = 0; t < count; ++t) last = regimes.update(series[t]);
    return last;
}

TEST(rule_regimes, tell_all_of_a_bar_and_nothing_before_they_are_warm) {
    const auto series = bars(3000, 1);
    EXPECT_FALSE(after(series, 1344).known);
    EXPECT_EQ(after(series, 1344).next, (std::array<double, regime_kinds>{}));
    const RegimeState state = after(series, 2900);
    ASSERT_TRUE(state.known);
    EXPECT_EQ(state.kinds, regime_kinds);
    EXPECT_NEAR(std::accumulate(state.next.begin(), state.next.end(), 0.0), 1, 1e-12);
    EXPECT_NEAR(std::accumulate(state.posterior.begin(), state.posterior.end(), 0.0), 1, 1e-12);
    EXPECT_EQ(state.expected_remaining_bars, state.remaining[state.present]);
    const double stay = state.next[state.present];
    EXPECT_NEAR(state.expected_remaining_bars, stay / (1 - stay), 1e-9);
    EXPECT_FALSE(state.calendar_known);
}

TEST(rule_regimes, change_nothing_before_a_cut) {
    const auto series = bars(3000, 2);
    auto other = series;
    for (std::size_t t = 2500; t < other.size(); ++t) other[t].close = other[t].high = other[t].high * 1.5;
    RuleRegimes a = *RuleRegimes::of({}), b = *RuleRegimes::of({});
    for (std::size_t t = 0; t < 2500; ++t) {
        const RegimeState x = a.update(series[t]), y = b.update(other[t]);
        ASSERT_EQ(x.present, y.present) << t;
        ASSERT_EQ(x.next, y.next) << t;
        ASSERT_EQ(x.remaining, y.remaining) << t;
    }
}

TEST(chain_regimes, tell_the_filters_forecast_and_how_long_states_last) {
    const GaussianHmm model{{2, {0.5, 0.5}, {0.98, 0.02, 0.1, 0.9}}, 1, {0, 0}, {1, 9}};
    GaussianHmmFilter filter = *GaussianHmmFilter::of(model);
    ChainRegimes regimes = *ChainRegimes::of(model.chain);
    SplitMix64 random(5);
    for (int t = 0; t < 200; ++t) {
        const double x = 3 * random.next_normal();
        const RegimeState& state = regimes.update(filter.update({&x, 1}));
        for (std::size_t k = 0; k < 2; ++k) ASSERT_EQ(state.next[k], filter.forecast()[k]);
        EXPECT_NEAR(state.remaining[0], 49, 1e-9);
        EXPECT_NEAR(state.remaining[1], 9, 1e-9);
        EXPECT_EQ(state.next[2], 0);
        EXPECT_EQ(state.kinds, 2U);
    }
    EXPECT_EQ(ChainRegimes::of({13, std::vector<double>(13), std::vector<double>(169)}).error().code, ErrorCode::usage);
    EXPECT_EQ(ChainRegimes::of({2, {1, 0}, {1, 0, 0}}).error().code, ErrorCode::bad_input);
    EXPECT_FALSE(ChainRegimes::of(model.chain, 0.5));
}

}  // namespace
}  // namespace aitrading::insight
