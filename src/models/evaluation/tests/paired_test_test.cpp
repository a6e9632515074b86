#include "models/evaluation/paired_test.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "golden.hpp"

namespace aitrading::models {
namespace {

TEST(PairedTest, mixtures_match_the_published_confidence_sequences) {
    const auto v = golden("vectors.json")["confseq"];
    const double rho = best_rho(v["input"]["v_opt"], v["input"]["alpha"]);
    EXPECT_NEAR(rho, v["expected"]["rho"], 1e-5);
    EXPECT_NEAR(normal_mixture(10, 100, rho), v["expected"]["two_sided_log_mixture"], 1e-5);
    EXPECT_NEAR(normal_mixture_above(10, 100, best_rho(100, 0.1)), v["expected"]["one_sided_log_mixture"], 1e-5);
}

TEST(PairedTest, the_mixture_is_the_sequential_probability_ratio_test) {
    const auto v = golden("vectors.json")["msprt"];
    const std::vector<double> x = doubles(v["input"]["x"]), expected = doubles(v["expected"]["log_lambda_n"]);
    const std::vector<std::size_t> at = v["expected"]["at"];
    for (std::size_t i = 0; i < at.size(); ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < at[i]; ++k) sum += x[k];
        EXPECT_NEAR(normal_mixture(sum, static_cast<double>(at[i]), 1 / v["input"]["tau2"].get<double>()), expected[i], 1e-10);
    }
}

TEST(PairedTest, the_sign_bet_matches_its_vector) {
    const auto v = golden("vectors.json")["e-value-betting"];
    std::vector<double> gain;
    for (const int b : v["input"]["b"]) gain.push_back(b == 1 ? 1 : -1);
    EXPECT_NEAR(sign_wealth(gain), v["expected"]["e_final"], 1e-6);
}

/// Losses of a challenger that is better by `edge` on average, under noise that both share in part.
struct Losses {
    std::vector<double> reference, challenger;
    Losses(std::size_t n, double edge, std::uint64_t seed) {
        SplitMix64 random(seed);
        for (std::size_t i = 0; i < n; ++i) {
            const double shared = random.next_normal();
            reference.push_back(0.7 + 0.1 * shared + 0.05 * random.next_normal());
            challenger.push_back(0.7 - edge + 0.1 * shared + 0.05 * random.next_normal());
        }
    }
};

TEST(PairedTest, looking_after_every_block_rarely_rejects_a_true_null) {
    int rejected = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const Losses l(2000, 0, seed);
        rejected += paired_test(l.reference, l.challenger, 1).better();
    }
    EXPECT_LE(rejected, 400 * 5 / 100 + 9);  // 5 % and two standard errors
}

TEST(PairedTest, finds_a_better_challenger_and_bounds_its_gain_from_below) {
    const Losses l(4000, 0.01, 1);
    const PairedTest test = paired_test(l.reference, l.challenger, 1);
    EXPECT_TRUE(test.better());
    EXPECT_GT(test.low, 0);
    EXPECT_LT(test.low, test.mean_gain);
    // A bet of 0.2 on each sign needs 55 % of them: an edge in the mean alone is not enough.
    EXPECT_LT(test.sign_e_value, 20);
    const Losses wide(4000, 0.05, 1);
    EXPECT_GT(paired_test(wide.reference, wide.challenger, 1).sign_e_value, 20);
    const PairedTest turned = paired_test(l.challenger, l.reference, 1);
    EXPECT_FALSE(turned.better());
    EXPECT_GT(turned.p_value, 0.9);
}

TEST(PairedTest, losses_that_repeat_each_other_count_once) {
    const Losses few(60, 0.004, 3);
    std::vector<double> reference, challenger;  // each loss twenty times, as labels over twenty bars would
    for (std::size_t i = 0; i < few.reference.size(); ++i)
        for (int k = 0; k < 20; ++k) reference.push_back(few.reference[i]), challenger.push_back(few.challenger[i]);
    const PairedTest once = paired_test(few.reference, few.challenger, 1), blocks = paired_test(reference, challenger, 20);
    EXPECT_EQ(blocks.blocks, 60U);
    EXPECT_NEAR(blocks.p_value, once.p_value, 1e-9);
}

TEST(PairedTest, the_same_model_is_not_better_than_itself) {
    const std::vector<double> loss(500, 0.7);
    const PairedTest test = paired_test(loss, loss, 1);
    EXPECT_FALSE(test.better());
    EXPECT_EQ(test.p_value, 1);
}

}  // namespace
}  // namespace aitrading::models
