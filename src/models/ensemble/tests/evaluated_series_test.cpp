#include "models/ensemble/evaluated_series.hpp"

#include <gtest/gtest.h>

#include "models/ensemble/series_members.hpp"
#include "models/evaluation/panel.hpp"
#include "test_learners.hpp"

namespace aitrading::models {
namespace {

using testing_learners::ColumnLearner;
using testing_learners::make_toy;
using testing_learners::Toy;

/// A toy series whose prices move as its labels say, cut and predicted, two regimes by turns of 50 bars.
EvaluatedSeries predicted(const EvaluationPlan& plan) {
    EvaluatedSeries s;
    Toy toy = make_toy(3000, 5);
    toy.labels.spec = "next_bar";
    s.features = std::move(toy.features);
    s.labels = std::move(toy.labels);
    s.bars.key = {"TOY", Timeframe::h1};
    double price = 100;
    for (std::size_t t = 0; t < s.features.rows(); ++t) {
        const Price p = Price::from_double(price);
        s.bars.append({s.features.time[t], p, p, p, p, Quantity{}});
        s.regimes.regime.push_back(t < 300 ? 0 : t / 50 % 2 == 0 ? 3 : 7);
        if (t < s.labels.size()) price *= 1 + 1e-4 * s.labels.target[t];
    }
    EXPECT_TRUE(cut_in_time(s, plan));
    const ColumnLearner a{"a", 0, 1.0}, b{"b", 1, 4.0};
    const std::vector<const Learner*> learners{&a, &b};
    PipelineOptions options;
    options.embargo_bars = s.embargo_bars;
    s.pipeline = *walk_forward_predict(s.features, s.labels, s.splits, learners, options);
    return s;
}

TEST(evaluated_series, learns_from_a_quarter_at_least_and_keeps_the_embargo) {
    const EvaluatedSeries by_default = predicted({.folds = 12});
    EXPECT_EQ(by_default.splits.size(), 12U);
    EXPECT_EQ(by_default.embargo_bars, 30) << "1 % of the bars";
    EXPECT_GE(by_default.splits.front().train.size(), by_default.labels.size() / 4);
    const EvaluatedSeries asked = predicted({.folds = 3, .embargo_bars = 100});
    EXPECT_EQ(asked.embargo_bars, 100);
    for (const Split& split : asked.splits)
        EXPECT_LT(asked.labels.end[split.train.back()] + 100, asked.labels.row[split.test.front()]);
}

TEST(evaluated_series, judges_ensemble_members_and_baselines_in_that_order) {
    const EvaluationPlan plan{.folds = 3};
    EvaluatedSeries s = predicted(plan);
    ASSERT_TRUE(judge(s, plan, {.spread = 0.01}, 1));
    std::vector<std::string> names;
    names.reserve(s.panels.size());
    for (const auto& p : s.panels) names.push_back(p.name + (p.baseline ? " (baseline)" : ""));
    EXPECT_EQ(names, (std::vector<std::string>{"ensemble", "a", "b", "majority (baseline)", "reverse_last_bar (baseline)"}));
    EXPECT_GT(s.panel().accuracy, 0.6);
    EXPECT_EQ(s.panel().n, static_cast<std::int64_t>(s.pipeline.entry.size()));
    ASSERT_TRUE(s.panel().net_sharpe_1x.value);
    EXPECT_LT(*s.panel().net_sharpe_1x.value, *s.panel().gross_sharpe.value) << "costs are paid";
    EXPECT_NE(s.protocol.front().find("3 test blocks"), std::string::npos);
}

TEST(evaluated_series, a_placebo_is_named_and_not_traded) {
    const EvaluationPlan plan{.folds = 2, .placebo = "shuffled"};
    EvaluatedSeries s = predicted(plan);
    ASSERT_TRUE(judge(s, plan, {.spread = 0.01}, 1));
    EXPECT_FALSE(s.panel().net_sharpe_1x.value);
    EXPECT_EQ(s.protocol.back(), "PLACEBO: shuffled. This is no forecast.");
}

TEST(evaluated_series, its_facts_add_up_to_its_panel) {
    const EvaluationPlan plan{.folds = 3};
    EvaluatedSeries s = predicted(plan);
    ASSERT_TRUE(judge(s, plan, {}, 1));
    double hits = 0, n = 0;
    for (const report::FoldRow& fold : fold_rows(s)) hits += fold.accuracy * static_cast<double>(fold.n), n += static_cast<double>(fold.n);
    EXPECT_EQ(fold_rows(s).size(), 3U);
    EXPECT_EQ(n, static_cast<double>(s.panel().n));
    EXPECT_NEAR(hits / n, s.panel().accuracy, 1e-12);
    const auto regimes = regime_rows(s);
    ASSERT_EQ(regimes.size(), 2U);
    EXPECT_EQ(regimes[0].regime, 3);
    EXPECT_EQ(regimes[0].n + regimes[1].n, s.panel().n);
    const report::ScoredBars bars = scored_bars(s);
    ASSERT_EQ(bars.size(), s.pipeline.entry.size());
    EXPECT_EQ(bars.time.front(), s.panel().from);
}

TEST(evaluated_series, ranks_features_and_learnt_columns_by_their_gain) {
    EvaluatedSeries s = predicted({.folds = 2});
    s.pipeline.models.back().importance = {0.2, 0.5, 0.1, 0.2};
    s.learnt_names = {"regime_state_p(1)"};
    const auto shares = feature_shares(s);
    ASSERT_EQ(shares.size(), 4U);
    EXPECT_EQ(shares[0].name, "b");
    EXPECT_EQ(shares[1].name, "a") << "equal shares keep the order of the columns";
    EXPECT_EQ(shares[2].name, "regime_state_p(1)");
}

TEST(series_members, stand_beside_the_trees_where_they_can_speak_of_the_label) {
    FeatureMatrix features;
    features.names = {"har_1d_year", "har_5d_year", "har_20d_year"};
    const auto names = [&](const LabelSet& labels, bool regimes) {
        const auto made = *members_beside_trees(features, labels, regimes);
        std::vector<std::string> out;
        out.reserve(made.size());
        for (const auto& learner : made) out.emplace_back(learner->name());
        return out;
    };
    const LabelSet next{.spec = "next_bar", .directional = true}, barrier{.spec = "triple_barrier(1,1,24)", .directional = true};
    const LabelSet volatility{.spec = "volatility(24)", .volatility = true};
    EXPECT_EQ(names(next, true), std::vector<std::string>{"markov_switching"});
    EXPECT_TRUE(names(next, false).empty());
    EXPECT_TRUE(names(barrier, true).empty());
    EXPECT_EQ(names(volatility, true), std::vector<std::string>{"logistic_har"});
    features.names = {"else"};
    EXPECT_EQ(members_beside_trees(features, volatility, false).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace aitrading::models
