#include "insight/regimes/chain.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace aitrading::insight {
namespace {

/// Vector hmm-umbrella (hmmlearn's test against Wikipedia's example).
struct Umbrella {
    ChainLaw chain{2, {0.5, 0.5}, {0.7, 0.3, 0.3, 0.7}};
    std::vector<double> rows, predicted = std::vector<double>(10), counts = std::vector<double>(4);
    Umbrella() {
        for (const double p : {0.9, 0.2, 0.9, 0.2, 0.1, 0.8, 0.9, 0.2, 0.9, 0.2}) rows.push_back(std::log(p));
    }
};

TEST(chain, filters_and_smooths_the_umbrella) {
    Umbrella u;
    EXPECT_NEAR(forward_pass(u.chain, u.rows, u.predicted), -3.3725, 5e-5);
    const double filtered[] = {0.8182, 0.8834, 0.1907, 0.7308, 0.8673}, smoothed[] = {0.8673, 0.8204, 0.3075, 0.8204, 0.8673};
    for (std::size_t t = 0; t < 5; ++t) EXPECT_NEAR(u.rows[2 * t], filtered[t], 5e-5) << t;
    backward_pass(u.chain, u.rows, u.predicted, u.counts);
    for (std::size_t t = 0; t < 5; ++t) EXPECT_NEAR(u.rows[2 * t], smoothed[t], 5e-5) << t;
    double transitions = 0;
    for (const double c : u.counts) transitions += c;
    EXPECT_NEAR(transitions, 4, 1e-12);
}

TEST(chain, survives_rows_that_every_state_holds_impossible) {
    const ChainLaw chain{3, {1.0, 0.0, 0.0}, {0.9, 0.1, 0.0, 0.0, 0.9, 0.1, 0.1, 0.0, 0.9}};
    // The likely state of row 1 cannot be reached from row 0: exp(-2000) of it decides nothing, the rest still adds to 1.
    std::vector<double> rows{-1e5, -2e5, 0, -3000, -2500, 0, 0, -1, -1e6, -5, -3, -4}, predicted(12), counts(9);
    const double likelihood = forward_pass(chain, rows, predicted);
    EXPECT_NEAR(likelihood, -1e5 - 2500 + std::log(0.1) - 1 + std::log(0.9) + std::log(0.9 * std::exp(-3) + 0.1 * std::exp(-4)), 1e-6);
    backward_pass(chain, rows, predicted, counts);
    for (std::size_t t = 0; t < 4; ++t) {
        double sum = 0;
        for (std::size_t k = 0; k < 3; ++k) sum += rows[3 * t + k];
        EXPECT_NEAR(sum, 1, 1e-12);
    }
    EXPECT_DOUBLE_EQ(rows[0], 1);
    EXPECT_GT(rows[3 + 1], 0.999);
}

TEST(chain, knows_the_law_it_keeps_and_how_long_it_stays) {
    const ChainLaw chain{2, {1, 0}, {0.9979, 0.0021, 0.012, 0.988}};
    const auto law = stationary_law(chain);
    EXPECT_NEAR(law[0], 0.851063829787, 1e-12);
    EXPECT_NEAR(law[1], 0.148936170213, 1e-12);
    EXPECT_NEAR(expected_durations(chain)[1], 1 / 0.012, 1e-9);
}

TEST(chain, adds_the_prior_to_the_counts) {
    const std::vector<double> counts{8, 2, 0, 0}, first{1, 0};
    const ChainLaw chain = estimate_chain(counts, first, {.stay = 9, .leave = 1});
    EXPECT_DOUBLE_EQ(chain.transition[0], 17.0 / 20);
    EXPECT_DOUBLE_EQ(chain.transition[3], 0.9);  // never seen: the prior alone
}

}  // namespace
}  // namespace aitrading::insight
