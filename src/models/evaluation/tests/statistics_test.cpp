#include "models/evaluation/statistics.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "models/evaluation/bootstrap.hpp"
#include "models/evaluation/labels.hpp"
#include "models/evaluation/tests/golden.hpp"

namespace aitrading::models {
namespace {

const nlohmann::json& vectors() {
    static const nlohmann::json all = golden("vectors.json");
    return all;
}
const nlohmann::json& scores() {
    static const nlohmann::json all = golden("scores.json");
    return all;
}

ReturnMoments shape(const nlohmann::json& in) {
    return {in["sr"], in["skew"], in["kurt"], in.value("n", 2)};
}

TEST(Vectors, psr) {
    const auto& v = vectors()["psr"];
    for (std::size_t i = 0; i < v["input"].size(); ++i) {
        const ReturnMoments m = shape(v["input"][i]);
        const auto& expected = v["expected"][i];
        if (expected.contains("psr")) {
            EXPECT_NEAR(probabilistic_sharpe(m, v["input"][i].value("benchmark", 0.0)), expected["psr"],
                        1e-9);
        } else {
            EXPECT_NEAR(sharpe_error(m), expected["sd"], 1e-9);
        }
    }
}

TEST(Vectors, dsr) {
    const auto& v = vectors()["dsr"];
    const auto& in = v["input"];
    const double periods = in["periods"];
    const ReturnMoments m{static_cast<double>(in["sr_annual"]) / std::sqrt(periods), in["skew"], in["kurt"],
                          in["n"]};
    EXPECT_NEAR(expected_maximum(in["N"]), v["expected"]["expected_max_unit"], 1e-9);
    EXPECT_NEAR(
        deflated_sharpe(m, in["N"], std::sqrt(static_cast<double>(in["var_trials_annual"]) / periods)),
        v["expected"]["dsr"], 1e-9);
    EXPECT_EQ(deflated_sharpe(m, 1, 0.5), probabilistic_sharpe(m, 0));
}

TEST(Vectors, min_track_record) {
    const auto& v = vectors()["min-track-record"];
    for (std::size_t i = 0; i < v["input"].size(); ++i) {
        const auto& in = v["input"][i];
        EXPECT_NEAR(minimum_track_record(shape(in), in["benchmark"], in["prob"]), v["expected"][i]["periods"],
                    1e-8);
    }
}

TEST(Vectors, pbo_cscv) {
    const auto& v = vectors()["pbo-cscv"];
    std::vector<double> flat;
    for (const auto& row : v["input"]["returns"])
        for (double value : row) flat.push_back(value);
    const std::size_t rows = v["input"]["returns"].size(), columns = flat.size() / rows;
    const auto estimate = probability_of_overfitting({flat.data(), rows, columns, columns}, 6);
    EXPECT_NEAR(estimate.pbo, v["expected"]["pbo"], 1e-9);
    const auto expected = doubles(v["expected"]["logits"]);
    ASSERT_EQ(estimate.logits.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(estimate.logits[i], expected[i], 1e-9) << i;
}

TEST(Vectors, block_length) {
    const auto& v = vectors()["block-length"];
    const auto length = optimal_block_length(doubles(v["input"]["x"]));
    EXPECT_NEAR(length.stationary, v["expected"]["stationary"], 1e-8);
    EXPECT_NEAR(length.circular, v["expected"]["circular"], 1e-8);
    EXPECT_EQ(length.m, v["expected"]["m"]);
    const auto& arch = scores()["block"];
    EXPECT_NEAR(optimal_block_length(doubles(arch["x"])).stationary, arch["stationary"], 1e-8);
    EXPECT_NEAR(optimal_block_length(doubles(arch["x"])).circular, arch["circular"], 1e-8);
}

TEST(Vectors, spa_variance) {
    const auto& v = vectors()["spa-variance"];
    const auto spa = superior_ability(doubles(v["input"]["loss_difference"]), 0.1);
    EXPECT_NEAR(spa.variance, v["expected"]["variance"], 1e-9);
    EXPECT_NEAR(spa.statistic, v["expected"]["t_stat"], 1e-9);
    EXPECT_NEAR(spa.keep_threshold, v["expected"]["keep_threshold"], 1e-9);
}

TEST(Vectors, precision_needed) {
    EXPECT_NEAR(bets_needed(1, -1, 0.55, 2), 396.0, 1e-6);
    const double p = precision_needed(0.005, -0.01, 260, 2);
    EXPECT_NEAR(p, vectors()["precision-needed"]["expected"][1]["p"], 1e-6);
    EXPECT_NEAR(bet_sharpe(0.005, -0.01, p, 260), 2, 1e-9);
    EXPECT_NEAR(bet_sharpe(0.005, -0.01, vectors()["precision-needed"]["expected"][1]["break_even"], 260), 0,
                1e-6);
}

TEST(Vectors, gaussian_signal_law) {
    for (const auto& row : vectors()["gaussian-signal-law"]["expected"]["rows"]) {
        const double ic = gaussian_ic(row["accuracy"]);
        EXPECT_NEAR(ic, row["ic"], 1e-7);
        EXPECT_NEAR(ic * ic, row["r2"], 1e-7);
        for (const auto& [coverage, accuracy] : row["at_coverage"].items())
            EXPECT_NEAR(gaussian_accuracy(ic, std::stod(coverage)), accuracy, 1e-7) << coverage;
    }
}

TEST(Vectors, label_uniqueness) {
    const auto& v = vectors()["label-uniqueness"];
    const auto start = v["input"]["start"].get<std::vector<std::uint32_t>>();
    const auto end = v["input"]["end"].get<std::vector<std::uint32_t>>();
    const auto average = average_uniqueness(start, end);
    const auto chances = sequential_draw_chances(start, end, std::vector<std::uint32_t>{1});
    for (std::size_t i = 0; i < start.size(); ++i) {
        EXPECT_NEAR(average[i], v["expected"]["average_uniqueness"][i], 1e-12);
        EXPECT_NEAR(chances[i], v["expected"]["seq_bootstrap_after_label_1"][i], 1e-12);
    }
}

TEST(Vectors, triple_barrier) {
    const auto& v = vectors()["triple-barrier"];
    const auto close = doubles(v["input"]["close"]);
    for (const auto& expected : v["expected"]["labels"]) {
        const Touch touch = first_close_touch(close, expected[0], 0.006, 0.004, 6);
        EXPECT_EQ(touch.bar, expected[1]) << expected;
        EXPECT_EQ(touch.side, expected[2]) << expected;
    }
    for (const auto& expected : v["expected"]["trend_scan"]) {
        const TrendScan scan = trend_scan(close, expected[0], 3, 8);
        EXPECT_EQ(scan.window, expected[1]);
        EXPECT_NEAR(scan.t, expected[2], 1e-8);
    }
}

TEST(Statistics, agree_with_scipy) {
    for (const auto& t : scores()["binomial_upper_tail"]) {
        const double expected = t[3];
        EXPECT_NEAR(binomial_upper_tail(t[1], t[0], t[2]), expected, 1e-9 * expected) << t;
    }
    for (const auto& q : scores()["normal_quantile"]) {
        const double expected = q[1];
        EXPECT_NEAR(normal_quantile(q[0]), expected, 1e-12 * (1 + std::abs(expected))) << q;
    }
    for (const auto& b : scores()["incomplete_beta"])
        EXPECT_NEAR(incomplete_beta(b[0], b[1], b[2]), b[3], 1e-12);
    const auto& m = scores()["moments"];
    const auto x = doubles(m["x"]);
    EXPECT_NEAR(skewness(x), m["skew"], 1e-12);
    EXPECT_NEAR(kurtosis(x), m["kurt"], 1e-12);
    EXPECT_NEAR(standard_deviation(x), m["sd"], 1e-12);
    for (const auto& q : m["q"]) EXPECT_NEAR(quantile(x, q[0]), q[1], 1e-12);
    EXPECT_EQ(normal_quantile(1), INFINITY);
    EXPECT_EQ(normal_quantile(0), -INFINITY);
}

TEST(Bootstrap, is_deterministic_and_widens_with_dependence) {
    const auto x = doubles(scores()["block"]["x"]);  // AR(1), 0.7
    const auto narrow = stationary_bootstrap_means(x, 1, 2000, 5),
               wide = stationary_bootstrap_means(x, 15, 2000, 5);
    EXPECT_EQ(wide, stationary_bootstrap_means(x, 15, 2000, 5));
    EXPECT_NE(wide, stationary_bootstrap_means(x, 15, 2000, 6));
    EXPECT_NEAR(mean(wide), mean(x), 4 * standard_deviation(wide) / std::sqrt(2000.0));
    // iid: sd / sqrt n; the AR(1) long-run standard error is (1 + 0.7) / (1 - 0.7) in variance above it
    EXPECT_NEAR(standard_deviation(narrow), standard_deviation(x) / std::sqrt(800.0),
                0.05 * standard_deviation(narrow));
    EXPECT_GT(standard_deviation(wide), 1.7 * standard_deviation(narrow));
    double same = 0;
    stationary_bootstrap(x.size(), 15, 1, 5, [&](std::span<const std::uint32_t> index) {
        for (std::uint32_t i : index) same += x[i] / static_cast<double>(x.size());
    });
    EXPECT_NEAR(same, wide[0], 1e-12);  // both forms draw the same resamples
}

TEST(Overfitting, is_near_a_half_for_noise_and_near_zero_for_an_edge) {
    SplitMix64 random(3);
    std::vector<double> noise;
    noise.reserve(1600 * 10);
    for (int i = 0; i < 1600 * 10; ++i) noise.push_back(random.next_normal());
    const auto none = probability_of_overfitting({noise.data(), 1600, 10, 10});
    EXPECT_EQ(none.logits.size(), 12870U);
    EXPECT_GT(none.pbo, 0.2);
    for (std::size_t i = 4; i < noise.size(); i += 10) noise[i] += 0.3;
    EXPECT_LT(probability_of_overfitting({noise.data(), 1600, 10, 10}).pbo, 0.01);
}

}  // namespace
}  // namespace aitrading::models
