#include "models/ensemble/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "models/ensemble/logit_regression.hpp"
#include "models/ensemble/venn_abers.hpp"

namespace aitrading::models {
namespace {

using nlohmann::json;

json golden() {
    std::ifstream in(AIT_ROOM_DIR "/tests/golden/calibration.json");
    return json::parse(in);
}

struct Sample {
    std::vector<double> score;
    std::vector<float> y;
    ScoredLabels view() const { return {score, y}; }
};

/// Labels drawn from sigmoid(score * slope).
Sample draw(std::size_t n, double slope, std::uint64_t seed) {
    SplitMix64 random(seed);
    Sample s;
    for (std::size_t i = 0; i < n; ++i) {
        s.score.push_back(random.next_normal());
        s.y.push_back(random.next_uniform() < sigmoid(slope * s.score.back()) ? 1.0F : 0.0F);
    }
    return s;
}

/// The vector "calibrators" of the project's machine-learning facts.
Sample vector_sample() {
    return {{-1.72, -1.44, -1.09, -1.06, -0.89, -0.83, -0.63, -0.34, -0.15, -0.05, 0.2, 0.6, 0.62, 0.88},
            {0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0}};
}

TEST(calibrators, equal_their_published_vector) {
    const Sample s = vector_sample();
    const std::vector<double> expected{0,   0,   0.4, 0.4, 0.4,    0.4,    0.4,
                                       0.5, 0.5, 0.5, 0.5, 2. / 3, 2. / 3, 2. / 3};
    EXPECT_THAT(isotonic_values(s.view()), testing::Pointwise(testing::DoubleNear(1e-12), expected));
    const VennAbersInterval at = VennAbers(s.view()).query(-0.335);
    EXPECT_NEAR(at.low, 0.375, 1e-12);
    EXPECT_NEAR(at.high, 0.6, 1e-12);
    EXPECT_NEAR(at.merged, 0.489795918367, 1e-11);
    const Calibrator platt = Calibrator::fit_platt(s.view());
    EXPECT_NEAR(platt.parameters()[0], -0.5281537499, 1e-8);
    EXPECT_NEAR(platt.parameters()[1], 0.0612129745321, 1e-8);
    Sample scaled = s;
    for (double& z : scaled.score) z *= 2.5;
    const Calibrator temperature = Calibrator::fit_temperature(scaled.view());
    EXPECT_NEAR(temperature.parameters()[0], 3.56171639285, 1e-5);
    EXPECT_NEAR(log_loss(temperature, scaled.view()), 0.649434409317, 1e-10);
}

TEST(calibrators, equal_scikit_learn_on_random_samples) {
    const json file = golden();
    for (const json& c : file["cases"]) {
        SCOPED_TRACE(c["name"].get<std::string>());
        const Sample s{c["score"].get<std::vector<double>>(), c["y"].get<std::vector<float>>()};
        const auto x = c["x"].get<std::vector<double>>();
        EXPECT_THAT(isotonic_values(s.view()),
                    testing::Pointwise(testing::DoubleNear(1e-9), c["isotonic"].get<std::vector<double>>()));
        const Calibrator isotonic = Calibrator::fit_isotonic(s.view());
        const VennAbers venn_abers(s.view());
        for (std::size_t i = 0; i < x.size(); ++i) {
            EXPECT_NEAR(isotonic.apply(x[i]), c["isotonic_at_x"][i].get<double>(), 1e-9);
            const VennAbersInterval at = venn_abers.query(x[i]);
            EXPECT_NEAR(at.low, c["venn_abers"][i][0].get<double>(), 1e-9);
            EXPECT_NEAR(at.high, c["venn_abers"][i][1].get<double>(), 1e-9);
        }
        const Calibrator beta = Calibrator::fit_beta(s.view());
        const auto expected = c["beta"].get<std::vector<double>>();
        for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(beta.parameters()[i], expected[i], 2e-3);
        EXPECT_NEAR(log_loss(beta, s.view()), c["beta_log_loss"].get<double>(), 1e-8);
        EXPECT_GE(beta.parameters()[0], 0);
        EXPECT_GE(beta.parameters()[1], 0);
    }
}

// A net that has left the scores it was calibrated on must not be believed for the labels of the last few rows there.
TEST(calibrators, isotonic_is_no_surer_at_its_ends_than_the_rows_there_allow) {
    std::vector<double> score;
    std::vector<float> y;
    for (int i = 0; i < 4'000; ++i) {
        score.push_back(0.001 * i - 2);
        y.push_back(i >= 3'995 || i % 2 == 0 ? 1.0F : 0.0F);
    }
    const Calibrator isotonic = Calibrator::fit_isotonic({score, y});
    EXPECT_LE(isotonic.apply(50), 6.0 / 7) << "six rows of label 1 in succession";
    EXPECT_GE(isotonic.apply(50), isotonic.apply(0));
    double last = 0;
    for (int i = 0; i < 600; ++i) {
        const double z = -3 + 0.01 * i;
        EXPECT_GE(isotonic.apply(z), last) << "monotone at " << z;
        last = isotonic.apply(z);
    }
    std::ranges::fill(y, 1.0F);
    EXPECT_LT(Calibrator::fit_isotonic({score, y}).apply(0), 1) << "of one class it is never certain";
}

TEST(logistic, equals_scikit_learn_with_ridge_and_weights) {
    const json s = golden()["stack"];
    std::vector<double> x;
    for (const json& row : s["x"]) x.insert(x.end(), row.begin(), row.end());
    const auto y = s["y"].get<std::vector<double>>(), weight = s["weight"].get<std::vector<double>>();
    const LogitFit fit = fit_logit_regression({.columns = 3,
                                               .x = x,
                                               .target = y,
                                               .weight = weight,
                                               .ridge = s["ridge"].get<double>(),
                                               .centre = {}});
    EXPECT_TRUE(fit.converged);
    EXPECT_NEAR(fit.intercept, s["intercept"].get<double>(), 1e-6);
    EXPECT_THAT(fit.coefficient,
                testing::Pointwise(testing::DoubleNear(1e-6), s["coefficient"].get<std::vector<double>>()));
}

TEST(logistic, stays_finite_on_separated_classes) {
    const std::vector<double> x{-2, -1, 1, 2}, y{0, 0, 1, 1};
    const LogitFit fit =
        fit_logit_regression({.columns = 1, .x = x, .target = y, .weight = {}, .centre = {}});
    EXPECT_TRUE(std::isfinite(fit.coefficient[0]));
    EXPECT_LT(fit.mean_loss, 1e-3);
}

TEST(venn_abers, equals_brute_force_on_samples_with_many_ties) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SplitMix64 random(seed);
        Sample s;
        const std::size_t n = 1 + random.next_below(40);
        for (std::size_t i = 0; i < n; ++i) {
            s.score.push_back(static_cast<double>(random.next_below(12)) / 4);
            s.y.push_back(random.next_uniform() < 0.2 + 0.2 * s.score.back() ? 1.0F : 0.0F);
        }
        const VennAbers fast(s.view());
        for (int i = 0; i < 32; ++i) {
            const double x = -0.5 + 0.125 * i;
            for (const float label : {0.0F, 1.0F}) {
                Sample added = s;
                added.score.push_back(x);
                added.y.push_back(label);
                const double expected = isotonic_values(added.view()).back();
                const VennAbersInterval at = fast.query(x);
                ASSERT_NEAR(label > 0 ? at.high : at.low, expected, 1e-12) << "seed " << seed << " x " << x;
            }
        }
    }
}

TEST(venn_abers, brackets_the_frequency_and_knows_nothing_when_empty) {
    EXPECT_EQ(VennAbers().query(0.3).low, 0);
    EXPECT_EQ(VennAbers().query(0.3).high, 1);
    const Sample s = draw(20'000, 1.0, 3);
    const VennAbers v(s.view());
    for (const double z : {-1.5, -0.5, 0.0, 0.7, 1.4}) {
        const VennAbersInterval at = v.query(z);
        EXPECT_LE(at.low, at.merged);
        EXPECT_LE(at.merged, at.high);
        EXPECT_NEAR(at.merged, sigmoid(z), 0.06);
        EXPECT_LT(at.high - at.low, 0.05);
    }
}

TEST(calibrator_choice, keeps_the_identity_where_scores_are_calibrated_or_rows_are_few) {
    EXPECT_EQ(choose_calibrator(draw(6000, 1.0, 5).view(), {}).calibrator.name(), "identity");
    EXPECT_EQ(choose_calibrator(draw(40, 5.0, 5).view(), {}).calibrator.name(), "identity");
    const Sample one_sided{std::vector<double>(500, 0.4), std::vector<float>(500, 1.0F)};
    EXPECT_EQ(choose_calibrator(one_sided.view(), {}).calibrator.name(), "identity");
}

TEST(calibrator_choice, mends_an_overconfident_score) {
    const Sample s = draw(6000, 0.3, 6), later = draw(20'000, 0.3, 7);
    const CalibratorChoice choice = choose_calibrator(s.view(), {});
    EXPECT_NE(choice.calibrator.name(), "identity");
    EXPECT_LT(log_loss(choice.calibrator, later.view()), log_loss(Calibrator(), later.view()) - 0.02);
    Sample truth = later;
    for (double& z : truth.score) z *= 0.3;
    EXPECT_LT(log_loss(choice.calibrator, later.view()), log_loss(Calibrator(), truth.view()) + 0.001);
    EXPECT_EQ(choice.validation_log_loss.size(), 5U);
}

TEST(calibrator_choice, counts_overlapping_labels_as_fewer_rows) {
    EXPECT_EQ(choose_calibrator(draw(6000, 0.3, 6).view(), {.overlap = 120}).calibrator.name(), "identity");
}

TEST(calibrators, survive_bytes) {
    const Sample s = draw(4000, 0.5, 9);
    using Kind = Calibrator::Kind;
    for (const Kind kind : {Kind::identity, Kind::temperature, Kind::platt, Kind::beta, Kind::isotonic}) {
        const Calibrator before = Calibrator::fit(kind, s.view());
        ByteWriter out;
        before.write(out);
        ByteReader in(out.bytes());
        const Calibrator after = Calibrator::read(in);
        EXPECT_TRUE(in.at_end());
        for (int i = 0; i < 22; ++i) {
            const double z = -4 + 0.37 * i;
            EXPECT_EQ(before.apply(z), after.apply(z)) << before.name();
        }
    }
}

TEST(calibrators, never_fall_as_the_score_rises) {
    const Sample s = draw(4000, 0.5, 10);
    using Kind = Calibrator::Kind;
    for (const Kind kind : {Kind::identity, Kind::temperature, Kind::platt, Kind::beta, Kind::isotonic}) {
        const Calibrator c = Calibrator::fit(kind, s.view());
        double before = 0;
        for (int i = 0; i <= 1'200; ++i) {
            const double z = -30 + 0.05 * i;
            const double p = c.apply(z);
            EXPECT_GE(p, before) << c.name() << " at " << z;
            before = p;
        }
    }
}

}  // namespace
}  // namespace aitrading::models
