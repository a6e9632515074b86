#include "insight/correlation/lead_lag.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "insight/correlation/tests/brownian_pair.hpp"

namespace aitrading::insight {
namespace {

using testing_brownian::brownian_pair;

double seconds(std::int64_t nanos) { return static_cast<double>(nanos) / 1e9; }

TEST(LeadLag, finds_a_lag_of_two_seconds_within_half_a_second) {
    // Gate: in at least 95 % of 60 hours; exactly on the grid of half a second in about 90 %.
    int near = 0, exact = 0, leads = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const auto pair = brownian_pair({.seed = seed, .lag = 2});
        const LeadLag found = lead_lag(pair.first, pair.second, {}).value();
        near += std::abs(seconds(found.best_lag()) - 2) <= 0.5;
        exact += found.best_lag() == 2 * nanos_per_second;
        leads += found.ratio > 1;
    }
    RecordProperty("within_half_a_second", near);
    RecordProperty("exact", exact);
    EXPECT_GE(near, 57);
    EXPECT_GE(exact, 48);
    EXPECT_GE(leads, 57);
}

TEST(LeadLag, of_exchanged_markets_is_mirrored) {
    const auto pair = brownian_pair({.seed = 5, .lag = 2});
    const LeadLag one = lead_lag(pair.first, pair.second, {}).value(), other = lead_lag(pair.second, pair.first, {}).value();
    EXPECT_EQ(one.best_lag(), -other.best_lag());
    EXPECT_NEAR(one.ratio * other.ratio, 1, 1e-9);
    EXPECT_LT(one.p_value(), 0.05);
    for (std::size_t k = 0; k < one.lag.size(); ++k)
        EXPECT_NEAR(one.correlation[k], other.correlation[one.lag.size() - 1 - k], 1e-9);
}

TEST(LeadLag, without_a_lag_claims_none) {
    int outside = 0, significant = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const auto pair = brownian_pair({.seed = seed});
        const LeadLag found = lead_lag(pair.first, pair.second, {}).value();
        outside += std::abs(seconds(found.best_lag())) > 0.5;
        significant += found.p_value() < 0.05;
    }
    EXPECT_LE(outside, 3);
    EXPECT_LE(significant, 7) << "a sign test of blocks, 5 % by chance";
}

TEST(LeadLag, correlations_are_those_of_the_shifted_clock_with_intervals_that_hold_the_truth) {
    int covered = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const auto pair = brownian_pair({.seed = seed});
        const LeadLag found = lead_lag(pair.first, pair.second, {}, 2).value();
        const std::size_t middle = found.lag.size() / 2;
        for (std::size_t k = 0; k < found.lag.size(); ++k)
            ASSERT_NEAR(found.correlation[k], hayashi_yoshida(pair.first, pair.second, -found.lag[k]).correlation(), 1e-9);
        covered += std::abs(found.correlation[middle] - 0.7) <= found.half_width[middle];
    }
    RecordProperty("covered", covered);
    EXPECT_GE(covered, 51) << "of 60 intervals of 95 %; 51 or fewer: one in 350";
}

TEST(LeadLag, says_what_is_wrong) {
    const auto pair = brownian_pair({.seed = 1, .seconds = 30});
    EXPECT_EQ(lead_lag(pair.first, pair.second, {.step_nanos = 0}).error().code, ErrorCode::usage);
    EXPECT_THAT(lead_lag(pair.first, pair.second, {.step_nanos = 1}).error().text, testing::HasSubstr("lags"));
    TickPath later = pair.second;
    for (UnixNanos& t : later.time) t.value += nanos_per_day;
    EXPECT_THAT(lead_lag(pair.first, later, {}).error().text, testing::HasSubstr("never open"));
    TickPath still = pair.second;
    for (double& p : still.log_price) p = 1;
    EXPECT_THAT(lead_lag(pair.first, still, {}).error().text, testing::HasSubstr("never moves"));
}

}  // namespace
}  // namespace aitrading::insight
