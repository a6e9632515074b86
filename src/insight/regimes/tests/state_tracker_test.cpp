#include "insight/regimes/state_tracker.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "insight/regimes/assignment.hpp"
#include "insight/regimes/change_score.hpp"
#include "market/simulator/market.hpp"

namespace aitrading::insight {
namespace {

std::vector<std::size_t> follow(const std::vector<std::vector<double>>& laws, double odds) {
    StateTracker tracker(odds);
    std::vector<std::size_t> out;
    out.reserve(laws.size());
    for (const auto& law : laws) out.push_back(tracker.update(law));
    return out;
}

TEST(state_tracker, leaves_only_at_the_odds) {
    const std::vector<std::vector<double>> laws{{.6, .4}, {.4, .6}, {.21, .79}, {.2, .8}, {.3, .7}, {.7, .3}, {.81, .19}};
    EXPECT_EQ(follow(laws, 4), (std::vector<std::size_t>{0, 0, 0, 1, 1, 1, 0}));
    EXPECT_EQ(follow(laws, 1), (std::vector<std::size_t>{0, 1, 1, 1, 1, 0, 0}));
}

TEST(state_tracker, never_leaves_where_nothing_is_told) {
    EXPECT_EQ(follow({{.5, .3, .2}, {.3, .4, .3}, {1 / 3., 1 / 3., 1 / 3.}}, 4), (std::vector<std::size_t>{0, 0, 0}));
    EXPECT_EQ(follow({{1, 0}, {0, 1}}, 1e9), (std::vector<std::size_t>{0, 1}));  // the present one has become impossible
}

struct Told {
    std::vector<int> truth, labels;
    std::vector<double> laws;
};

Told told(double strength, std::uint64_t seed, std::size_t rows) {
    market::SyntheticMarket market(market::specified_market(strength), seed);
    market::ExactFilter filter(market::specified_market(strength));
    StateTracker tracker;
    Told out;
    for (std::size_t t = 0; t < rows; ++t) {
        const market::MarketRow row = market.next();
        filter.update(row);
        out.truth.push_back(row.regime);
        out.labels.push_back(static_cast<int>(tracker.update(filter.posterior())));
        out.laws.insert(out.laws.end(), filter.posterior().begin(), filter.posterior().end());
    }
    return out;
}

TEST(state_tracker, changes_at_most_one_and_a_half_times_as_often_as_the_exact_filters_regimes) {
    const double asked[] = {0.872, 0.684};
    const double strength[] = {market::strong_strength, market::realistic_strength};
    for (int m = 0; m < 2; ++m) {
        const Told t = told(strength[m], 11, 40'000);
        const RegimeScore score = score_regimes(t.truth, t.labels, market::regime_count);
        EXPECT_LE(score.transitions_ratio, 1.5);
        EXPECT_GE(score.balanced_accuracy, asked[m]);
    }
}

TEST(state_tracker, changes_nothing_before_a_cut) {
    const Told whole = told(market::realistic_strength, 5, 3000);
    for (const std::size_t cut : {1U, 7U, 500U, 2999U}) {
        StateTracker tracker;
        for (std::size_t t = 0; t < cut; ++t) {
            // What comes after the cut is another law altogether.
            ASSERT_EQ(static_cast<int>(tracker.update(std::span(whole.laws).subspan(12 * t, 12))), whole.labels[t]) << t;
        }
        const std::vector<double> other{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
        EXPECT_EQ(tracker.update(other), 5U);
    }
}

TEST(change_score, counts_delays_misses_and_false_changes) {
    //                              change to 1 at 3      to 2 at 7   to 0 at 9
    const std::vector<int> truth{0, 0, 0, 1, 1, 1, 1, 2, 2, 0, 0, 0};
    const std::vector<int> label{0, 2, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0};
    const ChangeScore s = score_changes(truth, label);
    EXPECT_DOUBLE_EQ(s.true_per_1000, 250);
    EXPECT_DOUBLE_EQ(s.labels_per_1000, 1000 * 4.0 / 12);
    EXPECT_DOUBLE_EQ(s.false_per_1000, 1000 * 2.0 / 12);  // to 2 and back in the first stay
    EXPECT_DOUBLE_EQ(s.median_delay, 2);                  // 2, never, 1
    EXPECT_DOUBLE_EQ(s.missed, 1.0 / 3);
    EXPECT_EQ(score_changes(truth, truth).false_per_1000, 0);
    EXPECT_EQ(score_changes(truth, truth).median_delay, 0);
    const std::vector<int> still(12, 0);
    EXPECT_EQ(score_changes(still, label).true_per_1000, 0);
    EXPECT_TRUE(std::isinf(score_changes(truth, std::vector<int>(12, 3)).median_delay));
}

TEST(change_score, tells_the_adjusted_rand_index) {  // scikit-learn's values
    EXPECT_DOUBLE_EQ(adjusted_rand_index(std::vector{0, 0, 1, 1}, std::vector{1, 1, 0, 0}, 2), 1);
    EXPECT_NEAR(adjusted_rand_index(std::vector{0, 0, 1, 2}, std::vector{0, 0, 1, 1}, 3), 0.5714285714285714, 1e-12);
    EXPECT_NEAR(adjusted_rand_index(std::vector{0, 0, 1, 1}, std::vector{0, 1, 0, 1}, 2), -0.5, 1e-12);
    EXPECT_EQ(adjusted_rand_index(std::vector{0, 0, 0}, std::vector{0, 0, 0}, 1), 1);
}

}  // namespace
}  // namespace aitrading::insight
