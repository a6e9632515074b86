// A member that carries a state from bar to bar, among members that look at single rows.
#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "models/ensemble/fitted_ensemble.hpp"
#include "models/ensemble/reasons.hpp"
#include "models/evaluation/placebo.hpp"
#include "test_learners.hpp"

namespace aitrading::models {
namespace {

using testing_learners::ColumnLearner;
using testing_learners::entries;
using testing_learners::make_toy;
using testing_learners::Toy;

struct RunningMean final : ClassifierMemory {
    double mean = 0;
    std::unique_ptr<ClassifierMemory> copy() const override { return std::make_unique<RunningMean>(*this); }
};

/// p = sigmoid(bias + 2 m), m the exponentially weighted mean of the first column since the series began.
class MeanClassifier final : public Classifier {
  public:
    MeanClassifier(std::size_t columns, double bias) : columns_(columns), bias_(bias) {}
    std::size_t columns() const override { return columns_; }
    void predict(MatrixView, std::span<double>) const override { ADD_FAILURE() << "rows without their series"; }
    double predict_row(std::span<const double>) const override {
        ADD_FAILURE() << "a row without its series";
        return 0.5;
    }
    void predict_series(MatrixView series, std::span<const std::uint32_t> at, std::span<double> out) const override {
        RunningMean memory;
        std::size_t next = 0;
        for (std::uint32_t t = 0; next < at.size(); ++t) {
            const double p = predict_next(&memory, series.row(t));
            if (at[next] == t) out[next++] = p;
        }
    }
    std::unique_ptr<ClassifierMemory> start() const override { return std::make_unique<RunningMean>(); }
    double predict_next(ClassifierMemory* memory, std::span<const double> row) const override {
        double& mean = static_cast<RunningMean*>(memory)->mean;
        mean = 0.5 * mean + 0.5 * row[0];
        return sigmoid(bias_ + 2 * mean);
    }
    std::vector<double> importance() const override { return std::vector<double>(columns_, 0.0); }
    std::string serialise() const override { return std::string(reinterpret_cast<const char*>(&bias_), sizeof bias_); }

  private:
    std::size_t columns_;
    double bias_;
};

class MeanLearner final : public Learner {
  public:
    std::string_view name() const override { return "mean"; }
    bool reads_series() const override { return true; }
    std::string describe() const override { return ""; }
    Result<std::unique_ptr<Classifier>> fit(const TrainingData& train, const TrainingData& validation, const FitOptions&) const override {
        const std::size_t last = validation.row.empty() ? train.row.back() : validation.row.back();
        EXPECT_EQ(train.series.rows, last + std::size_t{1});
        EXPECT_EQ(validation.series.rows, train.series.rows);
        EXPECT_TRUE(train.directional);
        EXPECT_EQ(train.target.size(), train.y.size());
        for (std::size_t i = 0; i < train.row.size(); ++i) {
            EXPECT_EQ(train.series.row(train.row[i])[1], train.x.row(i)[1]);
            EXPECT_EQ(train.target[i] > 0, train.y[i] == 1.0F);
        }
        double seen = 0;  // all it was given shows in what it says
        for (std::size_t t = 0; t < train.series.rows; ++t) seen += train.series.row(t)[2] / static_cast<double>(train.series.rows);
        return std::make_unique<MeanClassifier>(train.series.columns, 0.1 * seen);
    }
    Result<std::unique_ptr<Classifier>> restore(std::string_view bytes) const override {
        double bias = 0;
        std::memcpy(&bias, bytes.data(), sizeof bias);
        return std::make_unique<MeanClassifier>(3, bias);
    }
};

/// The toy without every fifth label: rows that a memory must pass through all the same.
Toy with_gaps(std::size_t rows) {
    Toy toy = make_toy(rows, 11);
    LabelSet kept = toy.labels;
    kept.row.clear(), kept.end.clear(), kept.y.clear(), kept.target.clear(), kept.weight.clear();
    for (std::size_t e = 0; e < toy.labels.size(); ++e) {
        if (e % 5 == 4) continue;
        kept.row.push_back(toy.labels.row[e]), kept.end.push_back(toy.labels.end[e]), kept.y.push_back(toy.labels.y[e]);
        kept.target.push_back(toy.labels.target[e]), kept.weight.push_back(1);
    }
    toy.labels = std::move(kept);
    return toy;
}

TEST(remembering_member, reads_every_row_of_the_series_and_none_after_the_one_it_speaks_of) {
    const Toy toy = with_gaps(4000);
    const MeanLearner mean;
    const ColumnLearner b("b", 1, 1.0);
    const std::vector<const Learner*> learners{&mean, &b};
    const Split split{entries(0, 2000), entries(2001, 2900), 0};
    const auto whole = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, {});
    ASSERT_TRUE(whole) << whole.error().text;
    Toy changed = toy;  // another future behind the test block, and another value at the very last row of it
    for (std::size_t t = toy.labels.row[2899]; t < toy.features.rows(); ++t) changed.features.values[3 * t] = 7, changed.features.values[3 * t + 2] = 7;
    const auto other = walk_forward_predict(changed.features, changed.labels, std::span(&split, 1), learners, {});
    ASSERT_TRUE(other);
    double last = 0, member = 0;
    for (std::uint32_t t = 0; t <= toy.labels.row[2898]; ++t) last = 0.5 * last + 0.5 * toy.features.row(t)[0];
    for (std::size_t i = 0; i + 1 < whole->entry.size(); ++i) EXPECT_EQ(whole->models[0].raw[i], other->models[0].raw[i]);
    EXPECT_NE(whole->models[0].raw.back(), other->models[0].raw.back());
    member = logit(whole->models[0].raw[897]);
    EXPECT_NEAR(member, 2 * last, 0.02);  // but for the bias
}

TEST(remembering_member, says_bar_by_bar_after_a_restart_what_the_pipeline_says) {
    const Toy toy = with_gaps(4000);
    const MeanLearner mean;
    const ColumnLearner b("b", 1, 1.0);
    const std::vector<const Learner*> learners{&mean, &b};
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 2000), learners, {});
    ASSERT_TRUE(fitted) << fitted.error().text;
    const auto restored = FittedEnsemble::restore(fitted->serialise(), learners);
    ASSERT_TRUE(restored) << restored.error().text;
    EXPECT_TRUE(restored->remembers());
    const Split split{entries(0, 2000), entries(2001, 2900), 0};
    const auto run = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, {});
    ASSERT_TRUE(run);
    EnsembleMemory memory = restored->start();
    std::size_t next = 0;
    for (std::uint32_t t = 0; next < split.test.size(); ++t) {
        const RowPrediction p = restored->predict_next(memory, toy.features.row(t));
        if (toy.labels.row[split.test[next]] != t) continue;
        ASSERT_EQ(p.p_up, run->predictions.p_up[next]);
        ++next;
    }
}

TEST(remembering_member, that_tells_no_reasons_is_named) {
    const Toy toy = make_toy(3000, 11);
    const MeanLearner mean;
    const ColumnLearner b("b", 1, 1.0);
    const std::vector<const Learner*> learners{&mean, &b};
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 2000), learners, {});
    ASSERT_TRUE(fitted) << fitted.error().text;
    const ReasonRows rows{toy.features, {}};
    ReasonTeller teller(*fitted, rows, fitted->start());
    EnsembleMemory memory = fitted->start();
    for (std::uint32_t t = 0; t < 2100; ++t) {
        const double p = fitted->predict_next(memory, toy.features.row(t)).p_up;
        if (t < 2001) continue;
        const auto reasons = teller.explain({.bar = toy.features.time[t], .p_up = p, .mix = {}});
        ASSERT_TRUE(reasons);
        EXPECT_EQ(reasons->untold, std::vector<std::string>{"mean"});
        EXPECT_EQ(reasons->note().find("not available of mean: what it adds is in earlier_bars"), 0U) << reasons->note();
        double sum = reasons->base_logit + reasons->others;
        for (const ReasonLine& line : reasons->lines) sum += line.contribution;
        ASSERT_NEAR(sum, std::log(p / (1 - p)), 1e-9);
    }
    EXPECT_EQ(teller.explain({.bar = {toy.features.time[2100].value - 1}, .mix = {}})->note(), "not available: the bar has no row of features");
}

}  // namespace
}  // namespace aitrading::models
