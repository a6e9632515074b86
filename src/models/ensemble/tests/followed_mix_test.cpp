#include "models/ensemble/followed_mix.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "models/ensemble/fitted_ensemble.hpp"
#include "models/ensemble/logit_regression.hpp"
#include "test_learners.hpp"

namespace aitrading::models {
namespace {

using testing_learners::ColumnLearner;
using testing_learners::entries;
using testing_learners::make_toy;
using testing_learners::Toy;

PipelineOptions following() {
    PipelineOptions options;
    options.form.online = true;
    return options;
}

/// Labels that follow column a up to `change` and column b after it.
Toy changing_toy(std::size_t rows, std::size_t change) {
    Toy toy = make_toy(rows, 5, 0.0);
    for (std::size_t t = 0; t < toy.labels.size(); ++t) {
        const auto row = toy.features.row(t);
        toy.labels.target[t] += 15 * (t < change ? row[0] : row[1]);
        toy.labels.y[t] = toy.labels.target[t] > 0 ? 1.0F : 0.0F;
    }
    return toy;
}

double loss(double p, float y) { return -std::log(y > 0.5F ? p : 1 - p); }

/// Mean log loss of `run` over the entries [from, to) of the tested ones.
double mean_loss(const PipelineResult& run, const LabelSet& labels, const std::vector<double>& p, std::size_t from, std::size_t to) {
    double sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += loss(p[i], labels.y[run.entry[i]]);
    return sum / static_cast<double>(to - from);
}

/// Says 1/2 whatever comes, so that the other learner's word is all that a stack has.
class Half final : public Classifier {
  public:
    explicit Half(std::size_t columns) : columns_(columns) {}
    std::size_t columns() const override { return columns_; }
    void predict(MatrixView, std::span<double> out) const override { std::ranges::fill(out, 0.5); }
    double predict_row(std::span<const double>) const override { return 0.5; }
    std::vector<double> importance() const override { return std::vector<double>(columns_, 0.0); }
    std::string serialise() const override { return {}; }

  private:
    std::size_t columns_;
};

/// logit = slope * column, whatever it was trained on.
class FixedLearner final : public Learner {
  public:
    FixedLearner(std::string name, std::size_t column, double slope) : name_(std::move(name)), column_(column), slope_(slope) {}
    std::string_view name() const override { return name_; }
    Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData&, const FitOptions&) const override {
        return std::make_unique<testing_learners::ColumnClassifier>(train.x.columns, column_, 0.0, slope_);
    }
    Result<std::unique_ptr<Classifier>> restore(std::string_view) const override { return std::make_unique<Half>(3); }
    std::string describe() const override { return name_; }

  private:
    std::string name_;
    std::size_t column_;
    double slope_;
};

TEST(followed_mix, goes_over_to_the_member_that_became_right_within_500_bars) {
    const Toy toy = changing_toy(9000, 5000);
    const FixedLearner a("a", 0, 2.0), b("b", 1, 2.0);
    const std::vector<const Learner*> learners{&a, &b};
    const Split split{entries(0, 4000), entries(4001, 8900), 0};
    const auto plain = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, {});
    const auto run = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, following());
    ASSERT_TRUE(plain.has_value() && run.has_value());
    // Before the change the stack is as good as what is known; 500 bars after it a frozen stack still listens to a.
    const std::vector<double>& p = run->ensemble().p_up;
    EXPECT_LT(mean_loss(*run, toy.labels, p, 0, 900), mean_loss(*plain, toy.labels, plain->ensemble().p_up, 0, 900) + 0.01);
    EXPECT_GT(mean_loss(*plain, toy.labels, plain->ensemble().p_up, 1500, 4800), 0.69);
    EXPECT_LT(mean_loss(*run, toy.labels, p, 1500, 4800), 0.69);
    ASSERT_EQ(run->followed.size(), 1U);
    ASSERT_EQ(run->followed[0].size(), 3U);
    EXPECT_GT(run->followed[0][1], 0.9);  // b
    EXPECT_LT(run->followed[0][0], 0.05);
    EXPECT_TRUE(plain->followed.empty());
}

TEST(followed_mix, a_stream_says_what_the_pipeline_says_also_after_a_restart) {
    const Toy toy = make_toy(3000, 2, 1.0, 3);
    const ColumnLearner a("a", 0, 2.0), b("b", 1, 0.5);
    const std::vector<const Learner*> learners{&a, &b};
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 2000), learners, following());
    ASSERT_TRUE(fitted.has_value()) << fitted.error().text;
    const std::string bytes = fitted->serialise();
    EXPECT_TRUE(bytes.starts_with("ait-ensemble-4\n"));
    const auto restored = FittedEnsemble::restore(bytes, learners);
    ASSERT_TRUE(restored.has_value()) << restored.error().text;
    EXPECT_EQ(restored->serialise(), bytes);
    const Split split{entries(0, 2000), entries(2003, 2900), 0};
    const auto run = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, following());
    ASSERT_TRUE(run.has_value()) << run.error().text;
    std::optional<OnlineWeights> weights = restored->online_weights();
    ASSERT_TRUE(weights.has_value());
    EnsembleMemory memory = restored->start();
    bool moved = false;
    for (std::size_t i = 0; i < split.test.size(); ++i) {
        const std::uint32_t e = split.test[i];
        const RowPrediction p = restored->predict_next(memory, toy.features.row(e), {}, {&*weights, e, -1});
        if (i == 0) { EXPECT_EQ(p.p_up, restored->predict_row(toy.features.row(e)).p_up); }
        ASSERT_EQ(p.p_up, run->predictions.p_up[i]) << i;
        ASSERT_EQ(p.p_low, run->predictions.p_low[i]);
        ASSERT_TRUE(p.p_low <= p.p_up && p.p_up <= p.p_high);
        moved = moved || p.p_up != restored->predict_row(toy.features.row(e)).p_up;
        weights->label(e, toy.labels.end[e], toy.labels.y[e]);
    }
    EXPECT_TRUE(moved);
}

TEST(followed_mix, no_answer_depends_on_a_label_that_was_not_known) {
    const Toy toy = make_toy(3000, 3, 1.0, 4);
    const ColumnLearner a("a", 0, 2.0), b("b", 1, 0.5);
    const std::vector<const Learner*> learners{&a, &b};
    const Split split{entries(0, 1800), entries(1810, 2900), 0};
    const auto whole = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, following());
    ASSERT_TRUE(whole.has_value());
    SplitMix64 random(7);
    for (int trial = 0; trial < 5; ++trial) {
        const auto cut = static_cast<std::uint32_t>(1820 + static_cast<int>(1000 * random.next_uniform()));
        Toy other = toy;
        // What ends at or after the cut is turned round: nothing up to it may change.
        for (std::size_t e = 0; e < other.labels.size(); ++e)
            if (other.labels.end[e] >= cut) other.labels.y[e] = 1 - other.labels.y[e], other.labels.target[e] *= -1;
        const auto run = walk_forward_predict(other.features, other.labels, std::span(&split, 1), learners, following());
        ASSERT_TRUE(run.has_value());
        bool later_differs = false;
        for (std::size_t i = 0; i < run->entry.size(); ++i) {
            const bool same = run->predictions.p_up[i] == whole->predictions.p_up[i];
            if (toy.labels.row[run->entry[i]] <= cut) {
                ASSERT_TRUE(same) << cut;
            } else {
                later_differs = later_differs || !same;
            }
        }
        EXPECT_TRUE(later_differs);
    }
}

TEST(followed_mix, a_missing_member_sleeps_and_the_interval_does_not_narrow) {
    const Toy toy = make_toy(3000, 4);
    const ColumnLearner a("a", 0, 2.0), b("b", 1, 0.5);
    const std::vector<const Learner*> learners{&a, &b};
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 2000), learners, following());
    ASSERT_TRUE(fitted.has_value());
    const double missing = std::numeric_limits<double>::quiet_NaN();
    for (std::uint32_t e = 2001; e < 2200; ++e) {
        const double word = 0.3 + 0.4 * (e % 7) / 7.0;
        std::optional<OnlineWeights> weights = fitted->online_weights();
        const RowPrediction whole = fitted->predict_from(std::vector{word, word}, toy.features.row(e));
        const RowPrediction one = fitted->predict_from(std::vector{missing, word}, toy.features.row(e), {}, {&*weights, e, -1});
        EXPECT_EQ(weights->weights()[0], 0.0);
        EXPECT_TRUE(std::isfinite(one.p_up) && one.p_low <= one.p_up && one.p_up <= one.p_high);
        EXPECT_GT(one.widened, 1.0);
        EXPECT_GE(one.p_high - one.p_low, whole.p_high - whole.p_low);
        const RowPrediction none = fitted->predict_from(std::vector{missing, missing}, toy.features.row(e));
        EXPECT_EQ(none.p_low, 0.0);
        EXPECT_EQ(none.p_high, 1.0);
    }
}

TEST(followed_mix, the_interval_is_the_mix_of_the_intervals) {
    const std::vector<CalibratedScore::Value> said{{0.4, 0.3, 0.5}, silent_value(), {0.8, 0.7, 0.9}};
    const CalibratedScore::Value v = mixed_value(said, std::vector{0.25, 0.0, 0.75}, 0.7);
    EXPECT_DOUBLE_EQ(v.low, 0.25 * 0.3 + 0.75 * 0.7);
    EXPECT_DOUBLE_EQ(v.high, 0.25 * 0.5 + 0.75 * 0.9);
    const CalibratedScore::Value nobody = mixed_value(said, std::vector{0.0, 0.0, 0.0}, 0.5);
    EXPECT_EQ(nobody.low, 0.0);
    EXPECT_EQ(nobody.high, 1.0);
}

}  // namespace
}  // namespace aitrading::models
