#include "models/ensemble/fitted_ensemble.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "models/boosting/boosting.hpp"
#include "models/ensemble/column_learner.hpp"
#include "models/ensemble/market_learners.hpp"
#include "models/ensemble/market_regimes.hpp"
#include "test_learners.hpp"

namespace aitrading::models {
namespace {

using testing_learners::ColumnLearner;
using testing_learners::entries;
using testing_learners::make_toy;
using testing_learners::Toy;

TEST(fitted_ensemble, says_after_a_restart_what_it_said_before) {
    const Toy toy = make_toy(4000, 1);
    const std::vector<std::unique_ptr<Learner>> trees = tree_learners();
    std::vector<const Learner*> learners;
    learners.reserve(trees.size());
    for (const auto& l : trees) learners.push_back(l.get());
    const auto before = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 3000), learners, {});
    ASSERT_TRUE(before.has_value()) << before.error().text;
    const auto after = FittedEnsemble::restore(before->serialise(), learners);
    ASSERT_TRUE(after.has_value()) << after.error().text;
    EXPECT_TRUE(after->accepts(toy.features).has_value());
    double loss = 0, inside = 0;
    for (std::size_t t = 3001; t < 3999; ++t) {
        std::vector<double> members(3), again(3);
        const RowPrediction a = before->predict_row(toy.features.row(t), members);
        const RowPrediction b = after->predict_row(toy.features.row(t), again);
        EXPECT_EQ(a.p_up, b.p_up);
        EXPECT_EQ(a.p_low, b.p_low);
        EXPECT_EQ(a.p_high, b.p_high);
        EXPECT_EQ(a.low, b.low);
        EXPECT_EQ(a.high, b.high);
        EXPECT_EQ(members, again);
        EXPECT_TRUE(a.p_low <= a.p_up && a.p_up <= a.p_high && a.low < a.high);
        loss -= std::log(toy.labels.y[t] > 0.5F ? a.p_up : 1 - a.p_up);
        inside += a.low <= toy.labels.target[t] && toy.labels.target[t] <= a.high;
    }
    EXPECT_LT(loss / 998, std::log(2.0) - 0.05);
    EXPECT_NEAR(inside / 998, 0.9, 0.04);
    EXPECT_EQ(before->serialise(), after->serialise());
    EXPECT_NEAR(std::accumulate(after->importance().begin(), after->importance().end(), 0.0), 1.0, 1e-9);
}

TEST(fitted_ensemble, equals_the_pipeline_on_the_rows_after_its_span) {
    const Toy toy = make_toy(3000, 2);
    const ColumnLearner a("a", 0, 2.0), b("b", 1, 0.5);
    const std::vector<const Learner*> learners{&a, &b};
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 2000), learners, {});
    ASSERT_TRUE(fitted.has_value());
    Split split{entries(0, 2000), {}, 0};
    for (std::uint32_t e = 2001; e < 2900; ++e) split.test.push_back(e);
    const auto run = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, {});
    ASSERT_TRUE(run.has_value()) << run.error().text;
    for (std::size_t i = 0; i < split.test.size(); ++i) {
        const RowPrediction p = fitted->predict_row(toy.features.row(split.test[i]));
        ASSERT_EQ(p.p_up, run->predictions.p_up[i]);
        ASSERT_EQ(p.p_low, run->predictions.p_low[i]);
    }
    IntervalStream stream = fitted->interval_stream();
    for (std::size_t i = 0; i < split.test.size(); ++i) {
        const std::uint32_t e = split.test[i];
        const TargetInterval at = stream.predict(toy.labels.row[e], run->predictions.p_up[i],
                                           fitted->interval_inputs(toy.features.row(toy.labels.row[e])));
        stream.label(toy.labels.row[e], toy.labels.end[e], toy.labels.target[e]);
        EXPECT_EQ(at.low, run->predictions.low[i]) << i;
    }
}

TEST(fitted_ensemble, refuses_other_features_and_damaged_bytes) {
    Toy toy = make_toy(2000, 3);
    const ColumnLearner a("a", 0, 1.0), other("other", 1, 1.0);
    const std::vector<const Learner*> learners{&a}, others{&other};
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 1500), learners, {});
    ASSERT_TRUE(fitted.has_value());
    toy.features.manifest_hash = "toy-2";
    const auto refused = fitted->accepts(toy.features);
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().text.find("toy-1"), std::string::npos);
    EXPECT_NE(refused.error().text.find("toy-2"), std::string::npos);
    EXPECT_EQ(FittedEnsemble::restore(fitted->serialise(), others).error().code, ErrorCode::not_found);
    const std::string bytes = fitted->serialise();
    for (std::size_t at = 0; at < bytes.size(); at += 37) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
        EXPECT_FALSE(FittedEnsemble::restore(damaged, learners).has_value()) << at;
        EXPECT_FALSE(FittedEnsemble::restore(std::string_view(bytes).substr(0, at), learners).has_value())
            << at;
    }
}

/// Bars whose next return follows x with a sign that switches every 300 bars.
std::vector<MarketBar> switching_bars(std::size_t count) {
    SplitMix64 random(5);
    const auto unit = [&] { return static_cast<double>(random.next_below(2'000'001)) / 1'000'000 - 1; };
    std::vector<MarketBar> bars;
    double x = 0;
    for (std::size_t t = 0; t < count; ++t) {
        const double sign = t / 300 % 2 == 0 ? 1 : -1;
        const double r = 4 * sign * x + (sign > 0 ? 2 : 5) * (unit() + unit());
        x = unit();
        bars.push_back({x, unit(), r, sign + 0.4 * unit(), 0.3 * unit()});
    }
    return bars;
}

TEST(fitted_ensemble, keeps_learnt_columns_and_says_after_a_restart_what_it_said_before) {
    const std::vector<MarketBar> bars = switching_bars(3600);
    const FeatureMatrix features = market_feature_matrix(bars);
    LabelSet labels = market_labels(bars);
    const MarketRegimes regimes(bars);
    const auto switching = make_markov_switching_member();
    const ColumnLearner x("x", 0, 1.0);
    const std::vector<const Learner*> learners{switching.get(), &x};
    PipelineOptions options = market_pipeline_options();
    options.learnt = &regimes;
    const auto before = FittedEnsemble::fit(features, labels, entries(0, 3000), learners, options);
    ASSERT_TRUE(before) << before.error().text;
    EXPECT_EQ(before->learnt_columns(), 13U);
    EXPECT_EQ(before->columns(), features.columns() + 13);
    const std::string bytes = before->serialise();
    EXPECT_TRUE(bytes.starts_with("ait-ensemble-2\n"));
    const auto after = FittedEnsemble::restore(bytes, learners);
    ASSERT_TRUE(after) << after.error().text;
    EXPECT_EQ(after->serialise(), bytes);
    const FeatureMatrix wide = *before->with_learnt(features, &regimes), again = *after->with_learnt(features, &regimes);
    ASSERT_EQ(wide.values.size(), again.values.size());
    EXPECT_EQ(std::memcmp(wide.values.data(), again.values.data(), wide.values.size() * sizeof(double)), 0);
    double right = 0;
    for (std::size_t t = 3001; t < 3599; ++t) {
        const RowPrediction a = before->predict_row(wide.row(t)), b = after->predict_row(again.row(t));
        ASSERT_EQ(a.p_up, b.p_up);
        right += (a.p_up > 0.5) == (labels.y[t] > 0.5F);
    }
    EXPECT_GT(right / 598, 0.6) << "the switching sign was learnt";
    // Later bars do not change what the columns said of earlier ones.
    const MarketRegimes shorter{std::span(bars).first(3200)};
    const FeatureMatrix part = *after->with_learnt(market_feature_matrix(std::span(bars).first(3200)), &shorter);
    EXPECT_EQ(std::memcmp(part.values.data(), wide.values.data(), part.values.size() * sizeof(double)), 0);
    EXPECT_EQ(after->with_learnt(features, nullptr).error().code, ErrorCode::bad_input);
}

TEST(fitted_ensemble, equals_the_pipeline_with_learnt_columns) {
    const std::vector<MarketBar> bars = switching_bars(3000);
    const FeatureMatrix features = market_feature_matrix(bars);
    const LabelSet labels = market_labels(bars);
    const MarketRegimes regimes(bars);
    const auto switching = make_markov_switching_member();
    const std::vector<const Learner*> learners{switching.get()};
    PipelineOptions options = market_pipeline_options();
    options.learnt = &regimes;
    Split split{entries(0, 2400), {}, 0};
    for (std::uint32_t e = 2401; e < 2900; ++e) split.test.push_back(e);
    const auto fitted = FittedEnsemble::fit(features, labels, split.train, learners, options);
    const auto run = walk_forward_predict(features, labels, std::span(&split, 1), learners, options);
    ASSERT_TRUE(fitted && run);
    const FeatureMatrix wide = *fitted->with_learnt(features, &regimes);
    for (std::size_t i = 0; i < split.test.size(); ++i)
        ASSERT_EQ(fitted->predict_row(wide.row(labels.row[split.test[i]])).p_up, run->predictions.p_up[i]) << i;
}

/// Two columns; the first tells the next sign in one regime, the second in the other.
class TwoRegimes final : public LearntColumns {
  public:
    const std::vector<std::string>& names() const override { return names_; }
    std::size_t posteriors() const override { return 2; }
    std::string describe() const override { return "two regimes of 150 bars"; }
    Result<LearntBlock> compute(std::size_t, std::size_t rows, std::uint64_t, int, std::stop_token) const override {
        LearntBlock block;
        for (std::size_t t = 0; t < rows; ++t) {
            const double first = t / 150 % 2 == 0 ? 0.95 : 0.05;
            block.values.insert(block.values.end(), {first, 1 - first});
        }
        block.model = "m";
        return block;
    }
    Result<std::vector<double>> apply(std::string_view, std::size_t rows) const override {
        return compute(0, rows, 0, 1, {})->values;
    }

  private:
    std::vector<std::string> names_{"p1", "p2"};
};

TEST(fitted_ensemble, with_weights_by_regime_equals_the_pipeline_and_itself_after_a_restart) {
    Toy toy = make_toy(8000, 6);
    SplitMix64 random(7);
    for (std::size_t e = 0; e < toy.labels.size(); ++e) {
        const double z = 2 * toy.features.row(e)[e / 150 % 2];
        toy.labels.y[e] = random.next_uniform() < 1 / (1 + std::exp(-z)) ? 1.0F : 0.0F;
    }
    const TwoRegimes regimes;
    const ColumnLearner a("a", 0, 1.0), b("b", 1, 1.0);
    const std::vector<const Learner*> learners{&a, &b};
    PipelineOptions options;
    options.learnt = &regimes;
    Split split{entries(0, 6000), {}, 0};
    for (std::uint32_t e = 6001; e < 7900; ++e) split.test.push_back(e);
    const auto plain = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, options);
    options.form.gate = true;
    const auto run = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, options);
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, split.train, learners, options);
    ASSERT_TRUE(plain && run && fitted);
    const std::string bytes = fitted->serialise();
    EXPECT_TRUE(bytes.starts_with("ait-ensemble-3\n"));
    const auto again = FittedEnsemble::restore(bytes, learners);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(again->serialise(), bytes);
    const FeatureMatrix wide = *again->with_learnt(toy.features, &regimes);
    double saved = 0;
    for (std::size_t i = 0; i < split.test.size(); ++i) {
        const auto row = wide.row(toy.labels.row[split.test[i]]);
        ASSERT_EQ(fitted->predict_row(row).p_up, run->predictions.p_up[i]) << i;
        ASSERT_EQ(again->predict_row(row).p_up, run->predictions.p_up[i]) << i;
        const bool up = toy.labels.y[split.test[i]] > 0.5F;
        const double with = run->predictions.p_up[i], without = plain->predictions.p_up[i];
        saved += std::log(up ? with : 1 - with) - std::log(up ? without : 1 - without);
    }
    EXPECT_GT(saved / static_cast<double>(split.test.size()), 0.02);
}

TEST(fitted_ensemble, answers_from_the_rest_says_who_is_missing_and_widens_its_intervals) {
    const Toy toy = make_toy(5000, 8);
    const ColumnLearner a("a", 0, 1.0), b("b", 1, 1.0), noise("noise", 2, 1.0);
    const std::vector<const Learner*> learners{&a, &b, &noise};
    const std::vector<int> regime(toy.features.rows(), 1);  // so that the bytes have room for what members tell of each other
    PipelineOptions options;
    options.regime = regime;
    Split split{entries(0, 4000), {}, 0};
    for (std::uint32_t e = 4001; e < 4990; ++e) split.test.push_back(e);
    const auto run = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, options);
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, split.train, learners, options);
    ASSERT_TRUE(run && fitted);
    const auto again = FittedEnsemble::restore(fitted->serialise(), learners);
    ASSERT_TRUE(again);
    const double missing = std::nan("");
    double all_loss = 0, rest_loss = 0;
    for (std::size_t i = 0; i < split.test.size(); ++i) {
        const std::size_t t = split.test[i];
        const auto row = toy.features.row(t);
        const std::vector<double> said{run->models[0].raw[i], run->models[1].raw[i], run->models[2].raw[i]};
        const RowPrediction all = fitted->predict_from(said, row);
        EXPECT_EQ(all.p_up, fitted->predict_row(row).p_up);
        EXPECT_EQ(all.missing, 0U);
        EXPECT_EQ(all.widened, 1);
        for (const double broken : {missing, -0.1, 1.5, std::numeric_limits<double>::infinity()}) {
            std::vector<double> out(3);
            const RowPrediction rest = fitted->predict_from(std::vector{said[0], broken, said[2]}, row, out);
            ASSERT_EQ(fitted->names_of(rest.missing), std::vector<std::string>{"b"});
            EXPECT_TRUE(std::isnan(out[1]) && std::isfinite(out[0]));
            EXPECT_GT(rest.widened, 1.1);
            EXPECT_LT(rest.widened, 1.9);
            EXPECT_NEAR(rest.high - rest.low, rest.widened * (all.high - all.low), 1e-9 * (all.high - all.low));
            EXPECT_TRUE(rest.p_low <= rest.p_up && rest.p_up <= rest.p_high);
            // What it would have said with the missing member silent lies inside.
            const double silent = fitted->predict_from(std::vector{said[0], 0.5, said[2]}, row).p_up;
            EXPECT_TRUE(rest.p_low <= silent && silent <= rest.p_high);
        }
        const RowPrediction rest = fitted->predict_from(std::vector{said[0], missing, said[2]}, row);
        EXPECT_EQ(again->predict_from(std::vector{said[0], missing, said[2]}, row).p_up, rest.p_up);
        const bool up = toy.labels.y[t] > 0.5F;
        all_loss -= std::log(up ? all.p_up : 1 - all.p_up);
        rest_loss -= std::log(up ? rest.p_up : 1 - rest.p_up);
        const RowPrediction nobody = fitted->predict_from(std::vector{missing, missing, missing}, row);
        EXPECT_EQ(nobody.p_low, 0);
        EXPECT_EQ(nobody.p_high, 1);
        EXPECT_EQ(nobody.widened, 2);
        EXPECT_EQ(fitted->names_of(nobody.missing).size(), 3U);
    }
    EXPECT_LT(all_loss, rest_loss);
    EXPECT_LT(rest_loss / 989, std::log(2.0) - 0.01) << "the rest still knows something";
}

TEST(fitted_ensemble, keeps_intervals_by_regime_as_the_pipeline_and_after_a_restart) {
    const Toy toy = make_toy(5000, 9);
    const ColumnLearner a("a", 0, 1.0);
    const std::vector<const Learner*> learners{&a};
    std::vector<int> regime;
    regime.reserve(toy.features.rows());
    for (std::size_t t = 0; t < toy.features.rows(); ++t) regime.push_back(1 + static_cast<int>(t / 40 % 2));
    PipelineOptions options;
    options.regime = regime;
    Split split{entries(0, 4000), {}, 0};
    for (std::uint32_t e = 4001; e < 4900; ++e) split.test.push_back(e);
    const auto run = walk_forward_predict(toy.features, toy.labels, std::span(&split, 1), learners, options);
    const auto fitted = FittedEnsemble::fit(toy.features, toy.labels, split.train, learners, options);
    ASSERT_TRUE(run && fitted);
    const std::string bytes = fitted->serialise();
    EXPECT_TRUE(bytes.starts_with("ait-ensemble-3\n"));
    const auto again = FittedEnsemble::restore(bytes, learners);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(again->serialise(), bytes);
    IntervalStream stream = again->interval_stream();
    for (std::size_t i = 0; i < split.test.size(); ++i) {
        const std::uint32_t e = split.test[i];
        const TargetInterval at = stream.predict(toy.labels.row[e], run->predictions.p_up[i],
                                                 again->interval_inputs(toy.features.row(toy.labels.row[e])), regime[toy.labels.row[e]]);
        stream.label(toy.labels.row[e], toy.labels.end[e], toy.labels.target[e]);
        ASSERT_EQ(at.low, run->predictions.low[i]) << i;
        ASSERT_EQ(at.pooled ? 1 : 0, run->interval_pooled[i]);
    }
    EXPECT_EQ(run->interval_pooled.back(), 0);
}

TEST(fitted_ensemble, writes_version_1_without_learnt_columns_and_names_a_version_it_does_not_know) {
    const Toy toy = make_toy(2000, 3);
    const ColumnLearner a("a", 0, 1.0);
    const std::vector<const Learner*> learners{&a};
    std::string bytes = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 1500), learners, {})->serialise();
    EXPECT_TRUE(bytes.starts_with("ait-ensemble-1\n"));
    EXPECT_TRUE(FittedEnsemble::restore(bytes, learners));
    bytes.replace(bytes.find('1'), 1, "7");
    const auto refused = FittedEnsemble::restore(bytes, learners);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
    EXPECT_NE(refused.error().text.find("version 7"), std::string::npos) << refused.error().text;
}

TEST(fitted_ensemble, refuses_too_little_to_learn_from) {
    const Toy toy = make_toy(300, 4);
    const ColumnLearner a("a", 0, 1.0);
    const std::vector<const Learner*> learners{&a};
    const auto refused = FittedEnsemble::fit(toy.features, toy.labels, entries(0, 40), learners, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::models
