#include "models/evaluation/scores.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "models/evaluation/statistics.hpp"
#include "models/evaluation/tests/golden.hpp"

namespace aitrading::models {
namespace {

TEST(Scores, agree_with_scikit_learn_also_with_ties_and_uneven_classes) {
    const auto file = golden("scores.json");
    for (const auto& g : file["scores"]) {
        const auto y = floats(g["y"]);
        const auto p = doubles(g["p"]);
        SCOPED_TRACE(g["name"]);
        const Confusion c = confusion(y, p);
        EXPECT_NEAR(c.accuracy(), g["accuracy"], 1e-12);
        EXPECT_NEAR(c.balanced_accuracy(), g["balanced_accuracy"], 1e-12);
        EXPECT_NEAR(c.mcc(), g["mcc"], 1e-12);
        EXPECT_NEAR(roc_auc(y, p), g["roc_auc"], 1e-12);
        EXPECT_NEAR(brier_score(y, p), g["brier"], 1e-12);
        EXPECT_NEAR(log_loss(y, p), g["log_loss"], 1e-12);
        if (g["name"] == "ties") continue;  // which of two bins an edge belongs to is a convention
        std::size_t k = 0;
        for (const auto& bin : reliability_bins(y, p, 15)) {
            if (bin.count == 0) continue;
            ASSERT_LT(k, g["bins_observed"].size());
            EXPECT_NEAR(bin.observed, g["bins_observed"][k], 1e-12);
            EXPECT_NEAR(bin.predicted, g["bins_predicted"][k], 1e-12);
            ++k;
        }
        EXPECT_EQ(k, g["bins_observed"].size());
    }
}

TEST(Vectors, calibration_curve_doc) {
    const auto v = golden("vectors.json")["calibration-curve-doc"];
    const auto bins = reliability_bins(floats(v["input"]["y"]), doubles(v["input"]["p"]), 3);
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_NEAR(bins[k].observed, v["expected"]["prob_true"][k], 1e-9);
        EXPECT_NEAR(bins[k].predicted, v["expected"]["prob_pred"][k], 1e-9);
    }
}

TEST(Vectors, metrics_doc) {
    const auto v = golden("vectors.json")["metrics-doc"];
    std::vector<float> y;
    std::vector<double> p;
    for (int t : v["input"]["mcc_true"]) y.push_back(t > 0 ? 1.0F : 0.0F);
    for (int t : v["input"]["mcc_pred"]) p.push_back(t > 0 ? 1.0 : 0.0);
    EXPECT_NEAR(confusion(y, p).mcc(), v["expected"]["mcc"], 1e-9);
    EXPECT_NEAR(brier_score(floats(v["input"]["brier_true"]), doubles(v["input"]["brier_prob"])),
                v["expected"]["brier"], 1e-9);
    EXPECT_NEAR(log_loss(floats(v["input"]["logloss_true"]), doubles(v["input"]["logloss_prob"])),
                v["expected"]["log_loss"], 1e-9);
}

/// ml.md section 4: 95 % floors of perfectly calibrated predictions, 15 bins.
TEST(CalibrationNoise, gives_the_published_floors) {
    struct Case {
        std::size_t n;
        bool uniform;
        double floor;
    };
    for (const Case& c : {Case{1000, false, 0.043}, Case{5000, false, 0.019}, Case{20000, false, 0.009},
                          Case{1000, true, 0.056}, Case{5000, true, 0.024}, Case{20000, true, 0.0125}}) {
        SplitMix64 random(17);
        std::vector<double> p;
        p.reserve(c.n);
        for (std::size_t i = 0; i < c.n; ++i)
            p.push_back(c.uniform ? 0.1 + 0.8 * random.next_uniform() : 0.5 + 0.05 * random.next_normal());
        const double floor = calibration_noise_p95(p, {}, {}, 15, 400, 3);
        EXPECT_NEAR(floor, c.floor, 0.08 * c.floor) << c.n << (c.uniform ? " uniform" : " weak edge");
        EXPECT_EQ(floor, calibration_noise_p95(p, {}, {}, 15, 400, 3));
    }
}

TEST(CalibrationNoise, is_higher_where_labels_share_bars) {
    std::vector<double> p(2000, 0.55);
    std::vector<std::uint32_t> row, end;
    for (std::uint32_t i = 0; i < 2000; ++i) {
        row.push_back(i);
        end.push_back(i + 40);
    }
    const double alone = calibration_noise_p95(p, {}, {}, 15, 300, 1),
                 shared = calibration_noise_p95(p, row, end, 15, 300, 1);
    EXPECT_GT(shared, 4 * alone);  // about sqrt(40 * 2/3)
    EXPECT_LT(shared, 6.5 * alone);
}

TEST(RiskCoverage, does_not_depend_on_the_order_of_equal_confidence) {
    const std::vector<float> y{1, 0, 1, 1, 0, 0};
    const std::vector<double> p{0.7, 0.7, 0.3, 0.9, 0.2, 0.6};
    const std::vector<float> y2{0, 1, 1, 1, 0, 0};
    const std::vector<double> p2{0.7, 0.3, 0.7, 0.9, 0.2, 0.6};
    EXPECT_NEAR(risk_coverage(y, p).aurc, risk_coverage(y2, p2).aurc, 1e-15);
    const std::vector<double> constant(6, 0.6);
    EXPECT_NEAR(risk_coverage(y, constant).aurc, 0.5, 1e-15);
}

TEST(PesaranTimmermann, is_standard_normal_without_skill_and_large_with_it) {
    SplitMix64 random(23);
    double sum = 0, square = 0, skill = 0;
    for (int round = 0; round < 400; ++round) {
        std::vector<float> y;
        std::vector<double> p, good;
        for (int i = 0; i < 500; ++i) {
            y.push_back(random.next_uniform() < 0.6 ? 1.0F : 0.0F);
            p.push_back(random.next_uniform() < 0.7 ? 0.6 : 0.4);
            good.push_back(random.next_uniform() < 0.6 ? y.back() : p.back());
        }
        const double t = *pesaran_timmermann(confusion(y, p)).value;
        sum += t;
        square += t * t;
        skill += *pesaran_timmermann(confusion(y, good)).value;
    }
    EXPECT_NEAR(sum / 400, 0, 0.2);
    EXPECT_NEAR(square / 400, 1, 0.25);
    EXPECT_GT(skill / 400, 8);
    EXPECT_FALSE(
        pesaran_timmermann(confusion(std::vector<float>{1, 0}, std::vector<double>{0.6, 0.7})).value);
}

}  // namespace
}  // namespace aitrading::models
