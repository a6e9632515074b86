#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "base/random.hpp"
#include "models/augmentation/distances.hpp"
#include "models/augmentation/normal_scores.hpp"
#include "models/augmentation/stylised_facts.hpp"
#include "models/boosting/boosting.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

nlohmann::json golden() {
    std::ifstream in(std::string(AIT_ROOM_DIR) + "/tests/golden/facts.json");
    CHECK(in.good());
    return nlohmann::json::parse(in);
}

void expect_all_near(const std::vector<double>& a, const std::vector<double>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-10) << i;
}

std::vector<double> noise(std::size_t n, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<double> out(n);
    for (double& v : out) v = random.next_normal();
    return out;
}

TEST(StylisedFacts, match_the_vector_of_the_specification) {
    const auto v = golden()["vector"];
    const std::vector<double> r = v["input"]["r"];
    const auto& expected = v["expected"];
    const StylisedFacts facts = stylised_facts(r);
    EXPECT_NEAR(facts.excess_kurtosis, expected["excess_kurtosis"], 1e-8);
    EXPECT_NEAR(facts.skewness, expected["skewness"], 1e-8);
    EXPECT_NEAR(facts.acf[0], expected["acf_r_1"], 1e-8);
    EXPECT_NEAR(facts.acf_abs[0], expected["acf_abs_1"], 1e-8);
    EXPECT_NEAR(facts.acf_abs[4], expected["acf_abs_5"], 1e-8);
    EXPECT_NEAR(facts.leverage[0], expected["leverage_1"], 1e-8);
    EXPECT_NEAR(facts.ljung_box, expected["ljung_box_sq_10"], 1e-8);
    EXPECT_NEAR(hill_index(r, 15), expected["hill"], 1e-8);
}

TEST(StylisedFacts, match_numpy_on_a_series_with_fat_tails) {
    const auto v = golden();
    const std::vector<double> r = v["r"], volume = v["log_volume"];
    const StylisedFacts facts = stylised_facts(r, volume);
    EXPECT_NEAR(facts.standard_deviation, v["standard_deviation"], 1e-14);
    EXPECT_NEAR(facts.excess_kurtosis, v["excess_kurtosis"], 1e-10);
    EXPECT_NEAR(facts.kurtosis_at[1], v["excess_kurtosis_of_4"], 1e-10);
    EXPECT_TRUE(std::isnan(facts.kurtosis_at[2]));  // 37 sums of 24 tell nothing
    EXPECT_TRUE(facts.aggregates_to_normal());
    EXPECT_NEAR(facts.hill, v["hill"], 1e-10);
    expect_all_near(facts.acf, v["acf"]);
    expect_all_near(facts.acf_abs, v["acf_abs"]);
    expect_all_near(facts.leverage, v["leverage"]);
    EXPECT_NEAR(facts.ljung_box, v["ljung_box"], 1e-8);
    EXPECT_NEAR(facts.volume_volatility.value.value_or(0), v["volume_volatility"], 1e-10);
    EXPECT_FALSE(facts.gain_loss.value);
    EXPECT_FALSE(stylised_facts(r).volume_volatility.value);
}

TEST(StylisedFacts, losses_that_come_faster_than_gains_are_seen) {
    std::vector<double> r = noise(8'000, 5);
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = i % 40 == 0 ? -6 : 0.15 + 0.3 * r[i];
    const StylisedFacts facts = stylised_facts(r);
    ASSERT_TRUE(facts.gain_loss.value);
    EXPECT_LT(*facts.gain_loss.value, 0.9);
}

TEST(Distances, wasserstein_matches_scipy_and_knows_scale) {
    const auto v = golden();
    const std::vector<double> r = v["r"], other = v["other"];
    EXPECT_NEAR(standardised_wasserstein(r, other), v["wasserstein"], 1e-12);
    EXPECT_EQ(standardised_wasserstein(r, r), 0);
    std::vector<double> doubled = r;
    for (double& x : doubled) x *= 2;
    EXPECT_GT(standardised_wasserstein(r, doubled), 0.5);
    EXPECT_NEAR(mean_gap(std::vector{0.1, 0.2, 9.0}, std::vector{0.2, 0.0, 0.0}, 2), 0.15, 1e-15);
}

TEST(Distances, copies_fail_the_memorisation_check_and_fresh_draws_pass) {
    const std::vector<double> learnt = noise(3'000, 1), later = noise(1'000, 2), fresh = noise(2'000, 3);
    const auto of_fresh = memorisation(learnt, later, fresh);
    ASSERT_TRUE(of_fresh);
    EXPECT_NEAR(of_fresh->ratio, 1, 0.06);
    EXPECT_TRUE(of_fresh->passed());
    const auto of_copy = memorisation(learnt, later, std::span(learnt).subspan(500, 2'000));
    ASSERT_TRUE(of_copy);
    EXPECT_LT(of_copy->ratio, 1e-6);
    EXPECT_FALSE(of_copy->passed());
    std::vector<double> half = fresh;  // half of it copied
    std::copy(learnt.begin(), learnt.begin() + 1'000, half.begin());
    const auto of_half = memorisation(learnt, later, half);
    ASSERT_TRUE(of_half);
    EXPECT_GT(of_half->close_share, 0.3);
    EXPECT_FALSE(of_half->passed());
    EXPECT_EQ(memorisation(learnt, std::span(later).first(9), fresh).error().code, ErrorCode::bad_input);
}

TEST(Distances, a_classifier_tells_trending_draws_from_noise_and_not_noise_from_noise) {
    const std::vector<double> real = noise(9'600, 4), same = noise(9'600, 5);
    std::vector<double> trending = noise(9'600, 6);
    for (std::size_t i = 1; i < trending.size(); ++i) trending[i] = 0.9 * trending[i - 1] + 0.44 * trending[i];
    const auto learner = make_learner("lightgbm", "rounds=60 min_rows_in_leaf=20");
    ASSERT_TRUE(learner);
    EXPECT_LT(discriminative_score(real, same, **learner, 1).value_or(1), 0.12);
    EXPECT_GT(discriminative_score(real, trending, **learner, 1).value_or(0), 0.1);
    EXPECT_EQ(discriminative_score(std::span(real).first(800), same, **learner, 1).error().code, ErrorCode::bad_input);
}

TEST(Distances, learning_from_clustered_bars_forecasts_them_better_than_learning_from_noise) {
    const auto clustered = [](std::uint64_t seed) {
        std::vector<double> r = noise(6'000, seed);
        double size = 1;
        for (double& v : r) {
            v *= size;
            size = 0.2 + 0.6 * size + 0.3 * std::abs(v);
        }
        return r;
    };
    const std::vector<double> a = clustered(1), b = clustered(2), flat = noise(6'000, 3);
    EXPECT_LT(predictive_score(a, b), predictive_score(flat, b));
}

TEST(NormalScores, turn_values_into_scores_and_back) {
    const auto v = golden();
    const std::vector<double> r = v["r"], x = v["normal_scores"]["x"], z = v["normal_scores"]["z"];
    const NormalScores law = NormalScores::fit(r);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(law.score(x[i]), z[i], 0.04);
    for (const double score : {-2.4, -1.0, 0.03, 0.5, 2.2}) EXPECT_NEAR(law.score(law.value(score)), score, 1e-9);
    std::vector<double> scores;
    scores.reserve(r.size());
    for (const double value : r) scores.push_back(law.score(value));
    EXPECT_NEAR(mean(scores), 0, 0.02);
    EXPECT_NEAR(standard_deviation(scores), 1, 0.03);
}

TEST(NormalScores, draws_beyond_what_was_seen_stay_near_it) {
    const std::vector<double> x = noise(2'000, 8);
    const NormalScores law = NormalScores::fit(x);
    EXPECT_GT(law.value(5), law.value(3));
    EXPECT_EQ(law.value(9), law.value(40));
    EXPECT_LT(law.value(40), 3 * *std::ranges::max_element(x));
    EXPECT_LT(law.value(-40), law.value(-3));
}

TEST(NormalScores, tied_values_have_the_middle_score_and_a_constant_stays_one) {
    std::vector<double> x(1'000, 0.0);
    for (std::size_t i = 500; i < x.size(); ++i) x[i] = static_cast<double>(i);
    const NormalScores law = NormalScores::fit(x);
    EXPECT_LT(law.score(0), -0.5);
    EXPECT_EQ(law.value(-1), 0);
    const NormalScores flat = NormalScores::fit(std::vector<double>(10, 3.0));
    EXPECT_EQ(flat.value(2), 3);
    EXPECT_TRUE(std::isfinite(flat.score(3)));
    EXPECT_TRUE(std::isfinite(flat.score(4)));
}

}  // namespace
}  // namespace aitrading::models
