#include <cmath>
#include <limits>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "models/boosting/boosting.hpp"
#include "models/boosting/forest_classifier.hpp"

namespace aitrading::models {
namespace {

using testing::HasSubstr;

/// Rows with a known signal: label 1 with probability 0.5 +- 0.25 by the sign of column 0, and by column 1
/// being missing.
struct Sample {
    std::size_t rows, columns;
    std::vector<double> x, weight;
    std::vector<float> y;

    Sample(std::size_t rows_in, std::size_t columns_in, std::uint64_t seed)
        : rows(rows_in), columns(columns_in) {
        SplitMix64 random(seed);
        for (std::size_t i = 0; i < rows; ++i) {
            for (std::size_t c = 0; c < columns; ++c) x.push_back(random.next_normal());
            double* row = &x[i * columns];
            if (random.next_uniform() < 0.2) row[1] = std::numeric_limits<double>::quiet_NaN();
            double p = row[0] > 0 ? 0.7 : 0.3;
            if (std::isnan(row[1])) p = 0.85;
            y.push_back(random.next_uniform() < p ? 1.0F : 0.0F);
            weight.push_back(0.5 + random.next_uniform());
        }
    }
    MatrixView view() const { return {x.data(), rows, columns, columns}; }
    TrainingData data() const { return {view(), y, weight}; }
};

double log_loss(const Classifier& model, const Sample& sample) {
    std::vector<double> p(sample.rows);
    model.predict(sample.view(), p);
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) sum -= std::log(sample.y[i] == 1.0F ? p[i] : 1 - p[i]);
    return sum / static_cast<double>(p.size());
}

const Sample& train_sample() {
    static const Sample sample(3000, 8, 1);
    return sample;
}
const Sample& validation_sample() {
    static const Sample sample(1000, 8, 2);
    return sample;
}
const Sample& test_sample() {
    static const Sample sample(2000, 8, 3);
    return sample;
}

std::unique_ptr<Classifier> must(Result<std::unique_ptr<Classifier>> result) {
    EXPECT_TRUE(result) << result.error().text;
    return result ? std::move(*result) : nullptr;
}

class LearnerTest : public testing::TestWithParam<const char*> {
  protected:
    std::unique_ptr<Learner> learner(std::string words = {}) const {
        if (words.empty())
            words = name() == "random_forest" ? "trees=60 leaves=256 min_rows_in_leaf=30 max_bin=127"
                                              : "rounds=80 learning_rate=0.1";
        return *make_learner(name(), words);
    }
    std::string_view name() const { return GetParam(); }
};

// Each outcome stands in 40 rows beside it: leaves of a few rows would know episodes by heart.
TEST_P(LearnerTest, a_leaf_counts_outcomes_and_not_the_rows_that_repeat_them) {
    constexpr std::size_t repeats = 40;
    Sample sample(4000, 8, 5);
    for (std::size_t i = 0; i < sample.rows; ++i) {
        const std::size_t first = i - i % repeats;
        sample.y[i] = sample.y[first];
        sample.x[i * sample.columns + 2] = static_cast<double>(first);  // names the episode
    }
    const auto learner_here = learner();
    TrainingData counted = sample.data();
    counted.overlap = repeats;
    const auto by_row = must(learner_here->fit(sample.data(), {}, {}));
    const auto by_outcome = must(learner_here->fit(counted, {}, {}));
    ASSERT_TRUE(by_row && by_outcome);
    const Sample fresh(4000, 8, 6);
    EXPECT_LT(log_loss(*by_outcome, fresh), log_loss(*by_row, fresh));
    EXPECT_GT(log_loss(*by_outcome, sample), log_loss(*by_row, sample));
}

TEST_P(LearnerTest, learns_signal_and_missing_values) {
    const auto model = must(learner()->fit(train_sample().data(), validation_sample().data(), {}));
    EXPECT_LT(log_loss(*model, test_sample()),
              0.61);  // entropy of the labels is 0.574, of the base rate 0.683
    std::vector<double> row(8, 0.0);
    row[0] = -1;
    EXPECT_LT(model->predict_row(row), 0.45);
    row[1] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_GT(model->predict_row(row), 0.65);
    const auto share = model->importance();
    ASSERT_EQ(share.size(), 8U);
    double total = 0;
    for (const double s : share) total += s;
    EXPECT_NEAR(total, 1.0, 1e-12);
    EXPECT_GT(share[0] + share[1], 0.6);
}

TEST_P(LearnerTest, same_seed_gives_same_bytes_on_any_thread) {
    const auto fit = [&](std::uint64_t seed) {
        return must(learner()->fit(train_sample().data(), validation_sample().data(), {seed, {}, nullptr}))
            ->serialise();
    };
    const auto first = fit(7);
    std::string second, third;
    std::thread a([&] { second = fit(7); });
    std::thread b([&] { third = fit(8); });
    a.join();
    b.join();
    EXPECT_EQ(first, second);
    EXPECT_NE(first, third);
}

TEST_P(LearnerTest, restores_an_equal_classifier_and_refuses_damage) {
    const auto maker = learner();
    const auto model = must(maker->fit(train_sample().data(), {}, {}));
    const auto bytes = model->serialise();
    const auto again = must(maker->restore(bytes));
    EXPECT_EQ(again->serialise(), bytes);
    EXPECT_EQ(again->importance(), model->importance());
    for (std::size_t i = 0; i < 100; ++i)
        EXPECT_EQ(again->predict_row(test_sample().view().row(i)),
                  model->predict_row(test_sample().view().row(i)));
    SplitMix64 random(5);
    for (int k = 0; k < 50; ++k) {
        auto damaged = bytes;
        damaged[random.next_below(bytes.size())] ^= static_cast<char>(1 + random.next_below(255));
        const auto refused = maker->restore(damaged);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
    }
    EXPECT_FALSE(maker->restore(bytes.substr(0, bytes.size() / 2)));
    EXPECT_FALSE(maker->restore(""));
    EXPECT_FALSE(make_learner(name() == "xgboost" ? "lightgbm" : "xgboost").value()->restore(bytes));
}

TEST_P(LearnerTest, one_row_and_many_rows_agree_bit_for_bit) {
    const auto model = must(learner()->fit(train_sample().data(), {}, {}));
    std::vector<double> all(test_sample().rows);
    model->predict(test_sample().view(), all);
    for (std::size_t i = 0; i < all.size(); ++i)
        EXPECT_EQ(all[i], model->predict_row(test_sample().view().row(i)));
}

TEST_P(LearnerTest, takes_strided_rows) {
    const auto& s = train_sample();
    const std::size_t stride = s.columns + 3;
    std::vector<double> wide(s.rows * stride, 1e9);
    for (std::size_t i = 0; i < s.rows; ++i)
        for (std::size_t c = 0; c < s.columns; ++c) wide[i * stride + c] = s.x[i * s.columns + c];
    const TrainingData strided{{wide.data(), s.rows, s.columns, stride}, s.y, s.weight};
    EXPECT_EQ(must(learner()->fit(strided, {}, {}))->serialise(),
              must(learner()->fit(s.data(), {}, {}))->serialise());
}

TEST_P(LearnerTest, weights_matter_but_their_unit_does_not) {
    Sample s = train_sample();
    const auto before = must(learner()->fit(s.data(), {}, {}))->serialise();
    for (double& w : s.weight) w *= 0.125;
    EXPECT_EQ(must(learner()->fit(s.data(), {}, {}))->serialise(), before);
    for (std::size_t i = 0; i < s.rows; ++i)
        if (s.y[i] == 0.0F) s.weight[i] *= 0.1;
    const auto model = must(learner()->fit(s.data(), {}, {}));
    std::vector<double> p(test_sample().rows);
    model->predict(test_sample().view(), p);
    double mean = 0;
    for (const double v : p) mean += v / static_cast<double>(p.size());
    EXPECT_GT(mean, 0.75);
}

TEST_P(LearnerTest, refuses_bad_rows_with_a_reason) {
    const auto expect = [&](const Sample& s, const char* text) {
        const auto result = learner()->fit(s.data(), {}, {});
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::bad_input);
        EXPECT_THAT(result.error().text, HasSubstr(text));
    };
    expect(Sample(0, 8, 1), "there are none");
    Sample one(50, 4, 1);
    one.y.assign(50, 1.0F);
    expect(one, "labels with a weight are 1");
    Sample nan_weight(50, 4, 1);
    nan_weight.weight[7] = std::numeric_limits<double>::quiet_NaN();
    expect(nan_weight, "row 7: weight");
    Sample negative(50, 4, 1);
    negative.weight[9] = -1;
    expect(negative, "row 9: weight");
    Sample zero(50, 4, 1);
    zero.weight.assign(50, 0.0);
    expect(zero, "positive, finite sum");
    Sample label(50, 4, 1);
    label.y[3] = 0.5F;
    expect(label, "row 3: label");
    Sample length(50, 4, 1);
    length.y.pop_back();
    expect(length, "do not match");
}

TEST_P(LearnerTest, stops_on_request) {
    std::stop_source stop;
    stop.request_stop();
    const auto result = learner()->fit(train_sample().data(), {}, {1, stop.get_token(), nullptr});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::interrupted);
}

TEST_P(LearnerTest, stops_within_a_fit) {
    std::stop_source stop;
    const auto endless = learner(name() == "random_forest" ? "trees=10000" : "rounds=10000");
    Result<std::unique_ptr<Classifier>> result = nullptr;
    std::thread fit(
        [&] { result = endless->fit(train_sample().data(), {}, {1, stop.get_token(), nullptr}); });
    stop.request_stop();
    fit.join();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::interrupted);
}

TEST_P(LearnerTest, warm_start_continues_the_same_learner_only) {
    const bool forest = name() == "random_forest";
    const auto few = learner(forest ? "trees=10" : "rounds=10 learning_rate=0.05");
    const auto base = must(few->fit(train_sample().data(), {}, {}));
    const auto more = must(few->fit(train_sample().data(), validation_sample().data(), {2, {}, base.get()}));
    EXPECT_NE(more->serialise(), base->serialise());
    if (!forest) {
        EXPECT_LT(log_loss(*more, train_sample()), log_loss(*base, train_sample()));
    }
    const auto other = *make_learner(name() == "xgboost" ? "lightgbm" : "xgboost", "rounds=2");
    const auto refused = other->fit(train_sample().data(), {}, {1, {}, base.get()});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text, HasSubstr("another learner"));
    const Sample narrow(100, 3, 1);
    const auto width = few->fit(narrow.data(), {}, {1, {}, base.get()});
    ASSERT_FALSE(width);
    EXPECT_THAT(width.error().text, HasSubstr("has 8 columns and the rows have 3"));
}

TEST_P(LearnerTest, survives_constant_and_missing_columns) {
    Sample s(400, 3, 4);
    for (std::size_t i = 0; i < s.rows; ++i) {
        s.x[i * 3] = 1.0;
        s.x[i * 3 + 1] = std::numeric_limits<double>::quiet_NaN();
        s.x[i * 3 + 2] = 0.0;
    }
    const auto model = must(learner()->fit(s.data(), {}, {}));
    double ones = 0, total = 0;
    for (std::size_t i = 0; i < s.rows; ++i) {
        ones += s.y[i] * s.weight[i];
        total += s.weight[i];
    }
    EXPECT_NEAR(model->predict_row(s.view().row(0)), ones / total, 0.01);  // XGBoost draws rows
    for (const double share : model->importance()) EXPECT_EQ(share, 0.0);
}

INSTANTIATE_TEST_SUITE_P(tree, LearnerTest, testing::Values("xgboost", "lightgbm", "random_forest"),
                         [](const auto& which) { return std::string(which.param); });

class BoosterTest : public testing::TestWithParam<const char*> {};

TEST_P(BoosterTest, early_stopping_keeps_the_best_rounds_on_noise) {
    Sample train(1500, 10, 11), held_out(1500, 10, 12);
    SplitMix64 random(13);
    for (auto* s : {&train, &held_out})
        for (float& y : s->y) y = random.next_uniform() < 0.5 ? 1.0F : 0.0F;
    const auto words = std::string("rounds=200 learning_rate=0.2 lambda_l2=0.1 patience=");
    const auto stopped =
        must((*make_learner(GetParam(), words + "10"))->fit(train.data(), held_out.data(), {}));
    const auto full = must((*make_learner(GetParam(), words + "10"))->fit(train.data(), {}, {}));
    EXPECT_LT(stopped->serialise().size() * 3, full->serialise().size());
    EXPECT_LT(log_loss(*stopped, held_out), log_loss(*full, held_out));
    // No shorter model does better on the validation rows than the kept one.
    double best = 1e9;
    for (int rounds = 1; rounds < 30; ++rounds) {
        const auto cut = must(
            (*make_learner(GetParam(), "learning_rate=0.2 lambda_l2=0.1 rounds=" + std::to_string(rounds)))
                ->fit(train.data(), {}, {}));
        best = std::min(best, log_loss(*cut, held_out));
    }
    std::vector<double> p(held_out.rows);
    held_out.weight.assign(held_out.rows, 1.0);
    const auto even = must((*make_learner(GetParam(), words + "30"))->fit(train.data(), held_out.data(), {}));
    EXPECT_NEAR(log_loss(*even, held_out), best, 1e-6);
}

TEST_P(BoosterTest, warm_start_with_validation_stops_at_the_best_of_the_new_rounds) {
    Sample held_out = validation_sample();
    held_out.weight.assign(held_out.rows, 1.0);
    const std::string words = "learning_rate=0.3 lambda_l2=0.1 patience=40 rounds=";
    const auto base = must((*make_learner(GetParam(), words + "5"))->fit(train_sample().data(), {}, {}));
    const FitOptions warm{2, {}, base.get()};
    const auto stopped =
        must((*make_learner(GetParam(), words + "40"))->fit(train_sample().data(), held_out.data(), warm));
    double best = 1e9;
    for (int rounds = 1; rounds <= 40; ++rounds) {
        const auto cut = must((*make_learner(GetParam(), words + std::to_string(rounds)))
                                  ->fit(train_sample().data(), {}, warm));
        best = std::min(best, log_loss(*cut, held_out));
    }
    EXPECT_NEAR(log_loss(*stopped, held_out), best, 1e-6);
    EXPECT_LT(best, log_loss(*base, held_out));
}

INSTANTIATE_TEST_SUITE_P(tree, BoosterTest, testing::Values("xgboost", "lightgbm"),
                         [](const auto& which) { return std::string(which.param); });

TEST(RandomForestTest, warm_start_adds_trees_to_the_mean) {
    const auto learner = *make_learner("random_forest", "trees=8");
    const auto first = must(learner->fit(train_sample().data(), {}, {1, {}, nullptr}));
    const auto both = must(learner->fit(train_sample().data(), {}, {2, {}, first.get()}));
    EXPECT_EQ(dynamic_cast<const ForestClassifier&>(*both).forest().trees(), 16U);
    // The same seed that the continuation draws from, on its own, gives the second half.
    const auto second = must(learner->fit(train_sample().data(), {}, {2 + 8, {}, nullptr}));
    for (std::size_t i = 0; i < 50; ++i) {
        const auto row = test_sample().view().row(i);
        EXPECT_NEAR(both->predict_row(row), (first->predict_row(row) + second->predict_row(row)) / 2, 1e-12);
    }
}

TEST(RandomForestTest, trees_without_a_split_hold_the_base_rate) {
    // With 40 rows, 20 in a leaf and few columns drawn, many trees find no split; LightGBM alone would count
    // them as 0.
    const Sample s(45, 8, 9);
    const auto model =
        must((*make_learner("random_forest", "trees=100 min_rows_in_leaf=14 row_fraction=0.65"))
                 ->fit(s.data(), {}, {}));
    double rate = 0, total = 0, mean = 0;
    std::vector<double> p(s.rows);
    model->predict(s.view(), p);
    for (std::size_t i = 0; i < s.rows; ++i) {
        rate += s.y[i] * s.weight[i];
        total += s.weight[i];
        mean += p[i] / static_cast<double>(s.rows);
    }
    EXPECT_NEAR(mean, rate / total, 0.05);
}

TEST(XgboostTest, refuses_values_beyond_float_with_row_and_column) {
    Sample s(50, 4, 1);
    s.x[4 * 7 + 2] = 1e39;
    const auto result = make_learner(XgboostParameters{})->fit(s.data(), {}, {});
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().text, HasSubstr("row 7, column 2"));
}

TEST(FactoryTest, names_what_is_wrong) {
    EXPECT_THAT(make_learner("xgb").error().text, HasSubstr("there are: xgboost lightgbm random_forest"));
    EXPECT_THAT(make_learner("xgboost", "depth=3").error().text, HasSubstr("no parameter 'depth'"));
    EXPECT_THAT(make_learner("xgboost", "max_depth=40").error().text, HasSubstr("from 1 to 12"));
    EXPECT_THAT(make_learner("lightgbm", "max_depth=2.5").error().text, HasSubstr("whole number"));
    EXPECT_THAT(make_learner("lightgbm", "max_depth").error().text, HasSubstr("name=value"));
    EXPECT_EQ(tree_learners().size(), 3U);
}

TEST(ParametersTest, words_round_trip) {
    for (const auto& learner : tree_learners()) {
        const auto words = learner->describe();
        EXPECT_EQ((*make_learner(learner->name(), words))->describe(), words);
        EXPECT_FALSE(search_space_of(learner->name())->empty());
    }
    const auto changed = make_learner("xgboost", " max_depth=3\tlearning_rate=0.0123456789 ");
    EXPECT_THAT((*changed)->describe(), HasSubstr("learning_rate=0.0123456789 max_depth=3"));
}

}  // namespace
}  // namespace aitrading::models
