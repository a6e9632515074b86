#include "models/ensemble/regime_calibration.hpp"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "models/ensemble/fitted_ensemble.hpp"
#include "models/ensemble/logit_regression.hpp"
#include "test_learners.hpp"

namespace aitrading::models {
namespace {

/// Rows in turn of regimes 1 … regimes; the score of regime r is too bold by `boldness[r - 1]`.
MetaRows made_rows(std::size_t n, const std::vector<double>& boldness, std::vector<double>& score, std::uint64_t seed, std::uint32_t span = 1) {
    SplitMix64 random(seed);
    MetaRows rows;
    score.clear();
    for (std::uint32_t t = 0; t < n; ++t) {
        const std::size_t r = t / 7 % boldness.size();
        const double truth = random.next_normal();
        score.push_back(truth * boldness[r]);
        rows.y.push_back(random.next_uniform() < sigmoid(truth) ? 1.0F : 0.0F);
        rows.row.push_back(t);
        rows.end.push_back(t + span);
        rows.regime.push_back(static_cast<int>(r) + 1);
    }
    return rows;
}

TEST(regime_calibration, a_regime_whose_scores_are_bolder_gets_its_own) {
    std::vector<double> score;
    const MetaRows rows = made_rows(6000, {1.0, 1.0, 4.0}, score, 1);
    const auto own = RegimeCalibration::fit(rows, score, 0, 1);
    const CalibratedScore all = CalibratedScore::fit(rows, score, 0, 1);
    EXPECT_EQ(own.regimes().back(), 3);
    EXPECT_NEAR(own.apply(4.0, 3, all).p, sigmoid(1.0), 0.04);
    EXPECT_GT(all.apply(4.0).p, sigmoid(1.0) + 0.03);
    // A regime that was never seen, and one that is not known, are answered by all rows' calibrator.
    for (const int regime : {-1, 0, 9}) EXPECT_EQ(own.apply(4.0, regime, all).p, all.apply(4.0).p);
    ByteWriter out;
    own.write(out);
    const std::string bytes = out.sealed("t\n");
    auto in = ByteReader::unseal(bytes, "t\n", "t");
    RegimeCalibration again;
    ASSERT_TRUE(in.has_value() && again.read(*in) && in->at_end());
    EXPECT_EQ(again.regimes(), own.regimes());
    EXPECT_EQ(again.apply(2.5, 3, all).low, own.apply(2.5, 3, all).low);
}

TEST(regime_calibration, few_rows_or_equal_regimes_get_none) {
    std::vector<double> score;
    int taken = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const MetaRows rows = made_rows(6000, {1.0, 1.0}, score, 100 + seed);
        taken += static_cast<int>(RegimeCalibration::fit(rows, score, 0, 1).regimes().size());
    }
    EXPECT_LE(taken, 10);  // of 40: one standard error is passed by chance one time in six
    const MetaRows few = made_rows(1400, {1.0, 1.0, 6.0}, score, 3);  // 466 rows each
    EXPECT_TRUE(RegimeCalibration::fit(few, score, 0, 1).empty());
    MetaRows unknown = made_rows(6000, {1.0, 6.0}, score, 4);
    unknown.regime.assign(unknown.size(), 0);
    EXPECT_TRUE(RegimeCalibration::fit(unknown, score, 0, 1).empty());
}

TEST(regime_calibration, no_label_that_reaches_into_the_judging_rows_has_taught) {
    std::vector<double> score;
    MetaRows rows = made_rows(4000, {1.0, 3.0}, score, 6, 60);
    const auto before = RegimeCalibration::fit(rows, score, 0, 1).trials();
    ASSERT_EQ(before.size(), 2U);
    for (const auto& trial : before) {
        std::vector<std::size_t> own;
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rows.regime[i] == trial.regime) own.push_back(i);
        const std::uint32_t first = rows.row[own[own.size() - own.size() / 3]];
        MetaRows other = rows;
        std::size_t turned = 0;
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rows.row[i] < first && rows.end[i] >= first) other.y[i] = 1 - other.y[i], ++turned;
        EXPECT_EQ(turned, 60U);
        const auto after = RegimeCalibration::fit(other, score, 0, 1).trials();
        EXPECT_EQ(after[static_cast<std::size_t>(trial.regime - 1)].gain, trial.gain) << trial.regime;
    }
}

TEST(regime_calibration, a_fitted_ensemble_keeps_it_and_says_what_the_pipeline_says) {
    testing_learners::Toy toy = testing_learners::make_toy(9000, 2, 1.5);
    std::vector<int> regime;
    // In regime 2 the columns say nothing.
    SplitMix64 random(4);
    for (std::size_t t = 0; t < toy.features.rows(); ++t) regime.push_back(t / 11 % 2 == 0 ? 1 : 2);
    for (std::size_t e = 0; e < toy.labels.size(); ++e)
        if (regime[toy.labels.row[e]] == 2) {
            toy.labels.target[e] = random.next_normal();
            toy.labels.y[e] = toy.labels.target[e] > 0 ? 1.0F : 0.0F;
        }
    const testing_learners::ColumnLearner a("a", 0, 2.0), b("b", 1, 0.5);
    const std::vector<const Learner*> learners{&a, &b};
    std::vector<std::uint32_t> train(7000);
    std::iota(train.begin(), train.end(), 0U);
    Split split{train, {}, 0};
    for (std::uint32_t e = 7001; e < 8900; ++e) split.test.push_back(e);
    PipelineOptions options;
    options.regime = regime;
    options.form.online = true;
    const auto run = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, options);
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, train, learners, options);
    ASSERT_TRUE(run.has_value() && fitted.has_value());
    EXPECT_EQ(run->calibrated_apart[0], (std::vector{1, 2}));
    const auto restored = FittedEnsemble::restore(fitted->serialise(), learners);
    ASSERT_TRUE(restored.has_value()) << restored.error().text;
    std::optional<OnlineWeights> weights = restored->online_weights();
    EnsembleMemory memory = restored->start();
    double bold = 0;
    for (std::size_t i = 0; i < split.test.size(); ++i) {
        const std::uint32_t e = split.test[i];
        const RowPrediction p = restored->predict_next(memory, toy.features.row(e), {}, {&*weights, e, regime[e]});
        ASSERT_EQ(p.p_up, run->predictions.p_up[i]) << i;
        ASSERT_EQ(p.p_high, run->predictions.p_high[i]) << i;
        weights->label(e, toy.labels.end[e], toy.labels.y[e]);
        if (regime[e] == 2) bold = std::max(bold, std::abs(p.p_up - 0.5));
    }
    EXPECT_LT(bold, 0.2);
}

}  // namespace
}  // namespace aitrading::models
