#include "insight/regimes/assignment.hpp"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace aitrading::insight {
namespace {

TEST(assignment, is_no_dearer_than_any_other_pairing) {
    SplitMix64 random(1);
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 1 + random.next_below(6);
        std::vector<double> cost(n * n);
        for (double& c : cost) c = random.next_normal();
        const auto total = [&](const std::vector<std::size_t>& columns) {
            double sum = 0;
            for (std::size_t i = 0; i < n; ++i) sum += cost[i * n + columns[i]];
            return sum;
        };
        std::vector<std::size_t> order(n);
        std::iota(order.begin(), order.end(), std::size_t{0});
        double least = total(order);
        while (std::ranges::next_permutation(order).found) least = std::min(least, total(order));
        EXPECT_NEAR(total(assign(cost, n)), least, 1e-12);
    }
}

TEST(assignment, scores_states_by_the_best_matching) {
    const std::vector<int> truth{0, 0, 0, 0, 1, 1, 2, 2}, states{2, 2, 2, 0, 0, 0, 1, 1};
    const RegimeScore s = score_regimes(truth, states, 3);
    EXPECT_EQ(s.regime_of, (std::vector<std::size_t>{1, 2, 0}));
    EXPECT_DOUBLE_EQ(s.accuracy, 7.0 / 8);
    EXPECT_DOUBLE_EQ(s.balanced_accuracy, (0.75 + 1 + 1) / 3);
    EXPECT_DOUBLE_EQ(s.macro_f1, (6.0 / 7 + 4.0 / 5 + 1) / 3);
    EXPECT_DOUBLE_EQ(s.transitions_ratio, 1);
}

}  // namespace
}  // namespace aitrading::insight
