#include "models/ensemble/global_importance.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "models/boosting/boosting.hpp"
#include "test_learners.hpp"

namespace aitrading::models {
namespace {

using testing_learners::ColumnLearner;
using testing_learners::entries;
using testing_learners::make_toy;
using testing_learners::Toy;

FittedEnsemble lightgbm_on(const Toy& toy, std::uint32_t rows) {
    const auto trees = tree_learners();
    const std::vector<const Learner*> learners{trees[1].get()};
    return *FittedEnsemble::fit(toy.features, toy.labels, entries(0, rows), learners, {});
}

TEST(PermutationImportance, ranks_what_tells_and_leaves_noise_inside_its_band) {
    int noise_told = 0;
    for (const std::uint64_t seed : {3, 13, 23, 33, 43, 53}) {
        const Toy toy = make_toy(7000, seed);
        const FittedEnsemble fitted = lightgbm_on(toy, 4000);
        const auto worth = permutation_importance(fitted, toy.features, toy.labels, entries(4001, 6900), {}, {});
        ASSERT_TRUE(worth) << worth.error().text;
        ASSERT_GE(worth->size(), 2U);
        EXPECT_EQ((*worth)[0].name, "a");
        EXPECT_EQ((*worth)[1].name, "b");
        EXPECT_GT((*worth)[0].loss, 1.5 * (*worth)[1].loss);
        for (const ColumnWorth& w : *worth) {
            EXPECT_TRUE(w.low < w.loss && w.loss < w.high) << w.name;
            EXPECT_TRUE(w.told || w.name == "noise") << w.name << " " << w.low;
            noise_told += w.told && w.name == "noise" ? 1 : 0;
        }
    }
    EXPECT_LE(noise_told, 1) << "one band of forty lies above zero by chance";
}

TEST(PermutationImportance, threads_change_nothing) {
    const Toy toy = make_toy(4000, 3);
    const FittedEnsemble fitted = lightgbm_on(toy, 2500);
    ImportanceOptions one, two;
    two.threads = 2;
    const auto a = permutation_importance(fitted, toy.features, toy.labels, entries(2501, 3900), {}, one);
    const auto b = permutation_importance(fitted, toy.features, toy.labels, entries(2501, 3900), {}, two);
    ASSERT_TRUE(a && b);
    for (std::size_t k = 0; k < a->size(); ++k) EXPECT_EQ((*a)[k].loss, (*b)[k].loss);
}

/// A linear rule over normal columns has its worth in closed form up to the sample: dealing column a anew leaves the rule with
/// a value that tells nothing, so its loss is the mean over independent a' of the same formula.
TEST(PermutationImportance, equals_the_loss_under_an_independent_column) {
    const Toy toy = make_toy(12000, 4);
    const ColumnLearner a("a", 0, 1.0);
    const std::vector<const Learner*> learners{&a};
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 6000), learners, {});
    ASSERT_TRUE(fitted);
    const auto test = entries(6001, 11900);
    ImportanceOptions options;
    options.deals = 5;
    const auto worth = permutation_importance(*fitted, toy.features, toy.labels, test, {}, options);
    ASSERT_TRUE(worth);
    ASSERT_EQ(worth->size(), 1U) << "a column that nobody reads is not tried";
    double expected = 0;
    for (std::size_t i = 0; i < test.size(); ++i) {
        const bool up = toy.labels.y[test[i]] > 0.5F;
        const auto loss = [&](std::size_t row) {
            const double p = fitted->predict_row(toy.features.row(toy.labels.row[test[row]])).p_up;
            return -std::log(up ? p : 1 - p);
        };
        double others = 0;
        for (std::size_t k = 1; k <= 20; ++k) others += loss((i + 281 * k) % test.size()) / 20;
        expected += (others - loss(i)) / static_cast<double>(test.size());
    }
    EXPECT_NEAR((*worth)[0].loss, expected, 0.05 * expected);
}

TEST(PermutationImportance, refuses_too_few_rows) {
    const Toy toy = make_toy(3000, 5);
    const FittedEnsemble fitted = lightgbm_on(toy, 2000);
    const auto refused = permutation_importance(fitted, toy.features, toy.labels, entries(2001, 2200), {}, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
    EXPECT_NE(refused.error().text.find("240"), std::string::npos) << refused.error().text;
}

TEST(PartialDependence, follows_a_rule_that_is_known) {
    const Toy toy = make_toy(5000, 6);
    const ColumnLearner a("a", 0, 1.0);
    const std::vector<const Learner*> learners{&a};
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 4000), learners, {});
    ASSERT_TRUE(fitted);
    const std::vector<std::size_t> columns{0, 2};
    const auto curves = partial_dependence(*fitted, toy.features, columns);
    ASSERT_EQ(curves.size(), 2U);
    EXPECT_EQ(curves[0].name, "a");
    std::vector<double> row(3, 0.0);
    for (std::size_t i = 0; i < curves[0].at.size(); ++i) {
        row[0] = curves[0].at[i];
        EXPECT_NEAR(curves[0].p_up[i], fitted->predict_row(row).p_up, 1e-12) << "it reads no other column";
        EXPECT_NEAR(curves[0].low[i], curves[0].high[i], 1e-12);
        EXPECT_TRUE(i == 0 || curves[0].at[i] > curves[0].at[i - 1]);
        EXPECT_NEAR(curves[1].p_up[i], curves[1].p_up[0], 1e-12) << "a column that nobody reads changes nothing";
    }
    EXPECT_GT(curves[0].p_up.back(), curves[0].p_up.front() + 0.2);
    EXPECT_NEAR(curves[0].usual_low, -1.28, 0.1);
    EXPECT_NEAR(curves[0].usual_high, 1.28, 0.1);
}

}  // namespace
}  // namespace aitrading::models
