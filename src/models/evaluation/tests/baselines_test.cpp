#include "models/evaluation/baselines.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "models/evaluation/labels.hpp"
#include "models/evaluation/logistic.hpp"
#include "models/evaluation/placebo.hpp"
#include "models/evaluation/scores.hpp"
#include "models/evaluation/tests/golden.hpp"
#include "models/evaluation/tests/random_bars.hpp"

namespace aitrading::models {
namespace {

TEST(Logistic, equals_scikit_learn) {
    const auto g = golden("scores.json")["logistic"];
    std::vector<double> x;
    for (const auto& row : g["x"])
        for (double v : row) x.push_back(v);
    const MatrixView view{x.data(), x.size() / 3, 3, 3};
    const auto model = fit_logistic(view, floats(g["y"]), doubles(g["weight"]), g["ridge"]);
    ASSERT_TRUE(model) << model.error().text;
    for (std::size_t i = 0; i < view.rows; ++i)
        ASSERT_NEAR(model->predict(view.row(i)), g["p"][i], 1e-7) << i;
}

TEST(Logistic, stays_finite_on_separable_and_constant_columns_and_refuses_the_rest) {
    const std::vector<double> x{-2, 7, -1, 7, 1, 7, 2, 7};
    const std::vector<float> y{0, 0, 1, 1};
    const std::vector<double> w(4, 1.0);
    const auto model = fit_logistic({x.data(), 4, 2, 2}, y, w);
    ASSERT_TRUE(model);
    EXPECT_GT(model->predict(std::vector<double>{2, 7}), 0.7);
    EXPECT_LT(model->predict(std::vector<double>{-2, 7}), 0.3);
    EXPECT_TRUE(std::isfinite(model->intercept));
    EXPECT_EQ(fit_logistic({x.data(), 4, 2, 2}, std::vector<float>{1, 1, 1, 1}, w).error().code,
              ErrorCode::bad_input);
    const std::vector<double> bad{-2, 7, NAN, 7, 1, 7, 2, 7};
    EXPECT_NE(fit_logistic({bad.data(), 4, 2, 2}, y, w).error().text.find("row 1 column 0"),
              std::string::npos);
}

struct Judged {
    LabelSet labels;
    std::vector<Split> splits;
    std::vector<BaselinePredictions> baselines;
    std::vector<float> y;
};

Judged judge(const BarColumns& bars, const char* spec) {
    Judged out;
    out.labels = *make_labels(spec, bars);
    WalkForwardOptions options;
    options.embargo_bars = 24;
    out.splits = *walk_forward(out.labels, bars.time, options);
    out.baselines = *run_baselines(bars, out.labels, out.splits);
    for (const Split& split : out.splits)
        for (std::uint32_t i : split.test) out.y.push_back(out.labels.y[i]);
    return out;
}

TEST(Baselines, are_those_of_the_contract_and_aligned) {
    const BarColumns bars = null_market({"NULL", Timeframe::h1}, 6000, 8e-4, 3);
    const Judged direction = judge(bars, "next_bar"), volatility = judge(bars, "volatility(24)");
    ASSERT_EQ(direction.baselines.size(), 2U);
    EXPECT_EQ(direction.baselines[0].name, "majority");
    EXPECT_EQ(direction.baselines[1].name, "reverse_last_bar");
    ASSERT_EQ(volatility.baselines.size(), 2U);
    EXPECT_EQ(volatility.baselines[1].name, "har");
    for (const auto& b : direction.baselines) EXPECT_EQ(b.p.size(), direction.y.size());
    for (const auto& b : volatility.baselines) EXPECT_EQ(b.p.size(), volatility.y.size());
}

TEST(Baselines, reversal_always_calls_the_other_side_of_the_last_bar) {
    const BarColumns bars = random_bars(4000, 9);
    const Judged judged = judge(bars, "next_bar");
    std::size_t k = 0;
    for (const Split& split : judged.splits)
        for (std::uint32_t i : split.test) {
            const std::size_t t = judged.labels.row[i];
            const double p = judged.baselines[1].p[k++];
            if (bars.close[t] > bars.close[t - 1]) {
                ASSERT_LT(p, 0.5);
            }
            if (bars.close[t] < bars.close[t - 1]) {
                ASSERT_GT(p, 0.5);
            }
        }
}

/// Volatility that clusters is forecastable; one without clustering is not.
TEST(Baselines, har_has_skill_where_volatility_clusters) {
    const Judged clustered = judge(null_market({"NULL", Timeframe::h1}, 12000, 8e-4, 5), "volatility(24)");
    const double har = log_loss(clustered.y, clustered.baselines[1].p);
    EXPECT_LT(har, 0.93 * log_loss(clustered.y, clustered.baselines[0].p));
    EXPECT_GT(roc_auc(clustered.y, clustered.baselines[1].p), 0.65);
}

TEST(Baselines, har_features_use_the_past_only) {
    const BarColumns bars = random_bars(1500, 21);
    const auto whole = har_features(bars);
    for (std::size_t cut : {700U, 1111U, 1499U}) {
        const auto part = har_features(bars.slice(0, cut));
        for (std::size_t i = 0; i < part.size(); ++i)
            ASSERT_TRUE(part[i] == whole[i] || (std::isnan(part[i]) && std::isnan(whole[i])));
    }
}

TEST(Baselines, a_training_label_cannot_tell_of_the_test_span) {
    BarColumns bars = random_bars(3000, 31);
    const Judged before = judge(bars, "next_bar");
    const std::size_t cut = before.labels.row[before.splits.back().test.front()];
    for (std::size_t i = cut + 1; i < bars.size(); ++i)
        bars.close[i] = bars.close[i] + Price::from_double(0.3);
    const auto labels = make_labels("next_bar", bars);
    const auto last = std::span(&before.splits.back(), 1);
    EXPECT_EQ(majority_baseline(before.labels, last).p[0], majority_baseline(*labels, last).p[0]);
}

}  // namespace
}  // namespace aitrading::models
