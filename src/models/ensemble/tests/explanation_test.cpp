#include "models/ensemble/explanation.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "models/boosting/boosting.hpp"
#include "models/ensemble/column_learner.hpp"
#include "models/ensemble/fitted_ensemble.hpp"
#include "models/ensemble/har_learner.hpp"
#include "test_learners.hpp"

namespace aitrading::models {
namespace {

using testing_learners::ColumnLearner;
using testing_learners::entries;
using testing_learners::make_toy;
using testing_learners::Toy;

double sum_of(const Explanation& e) {
    double sum = e.base + e.earlier + e.disagreement;
    for (const double c : e.column) sum += c;
    for (const double m : e.member) sum += m;
    return sum;
}

/// Posteriors of two regimes that take turns, and behind them a probability for a member to read.
class TwoRegimes final : public LearntColumns {
  public:
    const std::vector<std::string>& names() const override { return names_; }
    std::size_t posteriors() const override { return 2; }
    std::string describe() const override { return "two regimes of 150 bars"; }
    Result<LearntBlock> compute(std::size_t, std::size_t rows, std::uint64_t, int, std::stop_token) const override {
        LearntBlock block;
        for (std::size_t t = 0; t < rows; ++t) {
            const double first = t / 150 % 2 == 0 ? 0.95 : 0.05;
            block.values.insert(block.values.end(), {first, 1 - first, 0.3 + 0.4 * first});
        }
        block.model = "m";
        return block;
    }
    Result<std::vector<double>> apply(std::string_view, std::size_t rows) const override { return compute(0, rows, 0, 1, {})->values; }

  private:
    std::vector<std::string> names_{"p1", "p2", "forecast"};
};

struct Case {
    const char* name;
    bool drop, disagreement, gate, online, by_rule;
};

class ExplanationForms : public testing::TestWithParam<Case> {};

TEST_P(ExplanationForms, sums_match_the_logit_of_the_answer) {
    Toy toy = make_toy(7000, 6);
    SplitMix64 random(7);
    for (std::size_t e = 0; e < toy.labels.size(); ++e) {
        const double z = 2 * toy.features.row(e)[e / 150 % 2];
        toy.labels.y[e] = random.next_uniform() < 1 / (1 + std::exp(-z)) ? 1.0F : 0.0F;
    }
    const TwoRegimes regimes;
    const auto trees = tree_learners();
    const auto forecast = make_column_learner("forecast", toy.features.columns() + 2);
    const ColumnLearner opaque("opaque", 1, 1.0);
    std::vector<const Learner*> learners{forecast.get(), &opaque};
    for (const auto& l : trees) learners.push_back(l.get());
    PipelineOptions options;
    options.learnt = &regimes;
    const auto& [name, drop, disagreement, gate, online, by_rule] = GetParam();
    options.form = {.drop = drop, .disagreement = disagreement, .gate = gate, .online = online};
    std::vector<int> rule;
    rule.reserve(toy.features.rows());
    for (std::size_t t = 0; t < toy.features.rows(); ++t) rule.push_back(1 + static_cast<int>(t / 60 % 3));
    if (by_rule) options.regime = rule;
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 5000), learners, options);
    ASSERT_TRUE(fitted) << fitted.error().text;
    EXPECT_EQ(fitted->reason_rows(), 1U);
    const FeatureMatrix wide = *fitted->with_learnt(toy.features, &regimes);
    double known = 0, noise = 0, base = 0;
    EnsembleMemory memory = fitted->start();
    auto weights = fitted->online_weights();
    ASSERT_EQ(weights.has_value(), online);
    for (std::uint32_t t = 5001; t < 5400; ++t) {
        const int regime = by_rule ? rule[t] : -1;
        const double p = fitted->predict_next(memory, wide.row(t), {}, {weights ? &*weights : nullptr, t, regime}).p_up;
        Answer answer{.p_up = p, .regime = regime};
        if (weights) answer.mix = weights->weights();
        const Explanation e = fitted->explain(nullptr, wide.view().slice(t, t + 1), answer);
        if (weights) weights->label(t, t + 1, toy.labels.y[t]);
        ASSERT_NEAR(e.logit, std::log(p / (1 - p)), 1e-9);
        ASSERT_NEAR(sum_of(e), e.logit, 1e-6) << t;
        ASSERT_LT(std::abs(e.gap), 1e-4) << t;
        EXPECT_EQ(e.member[0], 0) << "a column that is read can be told";
        if (t == 5001) base = e.base;
        if (!online && !by_rule) {
            ASSERT_NEAR(e.base, base, 1e-9) << "of a row that says nothing: the same for all";
        }
        known += std::abs(e.column[0]) + std::abs(e.column[1]) + std::abs(e.member[1]);
        noise += std::abs(e.column[2]);
    }
    EXPECT_GT(known, 5 * noise);
}

INSTANTIATE_TEST_SUITE_P(models, ExplanationForms,
                         testing::Values(Case{"plain", false, false, false, false, false}, Case{"drop", true, false, false, false, false},
                                         Case{"disagreement", false, true, false, false, false}, Case{"gate", false, false, true, false, false},
                                         Case{"by_rule", false, false, false, false, true}, Case{"online", false, false, false, true, false},
                                         Case{"everything", true, true, true, true, true}),
                         [](const auto& which) { return std::string(which.param.name); });

TEST(Explanation, a_linear_member_is_told_by_its_own_terms) {
    Toy toy = make_toy(4000, 5);
    toy.features.names = {"har_1d_year", "har_5d_year", "har_20d_year"};
    const auto har = make_har_learner(toy.features.names);
    ASSERT_TRUE(har);
    const std::vector<const Learner*> learners{har->get()};
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 3000), learners, {});
    ASSERT_TRUE(fitted);
    const auto explain = [&](std::vector<double> row) {
        return fitted->explain(nullptr, {row.data(), 1, 3, 3}, {.p_up = fitted->predict_row(row).p_up});
    };
    const Explanation one = explain({1, 0, 0}), two = explain({0, -1, 0}), none = explain({0, 0, 0});
    EXPECT_GT(one.column[0], 0.1);
    EXPECT_EQ(one.column[1], 0);
    EXPECT_LT(two.column[1], -0.05);
    EXPECT_NEAR(none.logit, none.base, 1e-12);
    const Explanation unknown = explain({1, std::nan(""), 0});
    EXPECT_EQ(unknown.column[0], 0) << "without one of its columns it says the base rate, whatever the others are";
    EXPECT_NEAR(sum_of(unknown), unknown.logit, 1e-9);
}

/// An isotonic map answers in steps of one value for a band of scores; where no step lies between a row that says nothing
/// and this one, no column moved the answer, and that is said.
TEST(Explanation, on_a_plateau_of_the_calibration_no_column_moved_the_answer) {
    const Toy toy = make_toy(9000, 12, 0.3);
    const auto trees = tree_learners();
    const std::vector<const Learner*> learners{trees[1].get()};
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 8000), learners, {});
    ASSERT_TRUE(fitted);
    for (std::uint32_t t = 8001; t < 8400; ++t) {
        const double p = fitted->predict_row(toy.features.row(t)).p_up;
        const Explanation e = fitted->explain(nullptr, toy.features.view().slice(t, t + 1), {.p_up = p});
        ASSERT_NEAR(sum_of(e), e.logit, 1e-6);
        if (!e.flat) continue;
        EXPECT_EQ(e.logit, e.base);
        for (const double c : e.column) EXPECT_EQ(c, 0);
    }
}

}  // namespace
}  // namespace aitrading::models
