#include "models/ensemble/pipeline.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>

#include "models/boosting/boosting.hpp"
#include "models/ensemble/member_fit.hpp"
#include "models/ensemble/service/fold_cache_files.hpp"
#include "models/evaluation/placebo.hpp"
#include "test_learners.hpp"

namespace aitrading::models {
namespace {

using testing_learners::ColumnLearner;
using testing_learners::make_toy;
using testing_learners::Toy;

struct Cast {
    ColumnLearner a{"a", 0, 1.0}, b{"b", 1, 4.0}, noise{"noise", 2, 30.0};
    std::vector<const Learner*> all() const { return {&a, &b, &noise}; }
};

std::vector<Split> folds_of(const Toy& toy, int folds, int embargo = 0) {
    return *walk_forward(toy.labels, toy.features.time, {.folds = folds, .embargo_bars = embargo});
}

PipelineResult run(const Toy& toy, const std::vector<Split>& splits, std::span<const Learner* const> learners,
                   const PipelineOptions& options = {}) {
    auto result = walk_forward_predict(toy.features, toy.labels, splits, learners, options);
    if (!result) ADD_FAILURE() << result.error().text;
    return result ? *std::move(result) : PipelineResult{};
}

double mean_log_loss(const PipelineResult& r, const ModelRun& m, const LabelSet& labels) {
    double sum = 0;
    for (std::size_t i = 0; i < r.entry.size(); ++i)
        sum -= std::log(labels.y[r.entry[i]] > 0.5F ? m.p_up[i] : 1 - m.p_up[i]);
    return sum / static_cast<double>(r.entry.size());
}

/// All bytes of an answer up to `count` predictions, for comparisons bit by bit.
std::string bytes_of(const PipelineResult& r, std::size_t count) {
    std::string out;
    const auto add = [&](const std::vector<double>& v) {
        out.append(reinterpret_cast<const char*>(v.data()), std::min(count, v.size()) * sizeof(double));
    };
    for (const ModelRun& m : r.models) add(m.p_up), add(m.p_low), add(m.p_high), add(m.raw);
    add(r.predictions.low), add(r.predictions.high);
    return out;
}

TEST(pipeline, stacks_members_to_more_than_the_best_and_ignores_the_bold_noise) {
    const Toy toy = make_toy(8000, 1);
    const Cast cast;
    const PipelineResult r = run(toy, folds_of(toy, 4), cast.all());
    ASSERT_EQ(r.models.size(), 4U);
    EXPECT_EQ(r.models.back().name, "ensemble");
    const double best = mean_log_loss(r, r.models[0], toy.labels),
                 stack = mean_log_loss(r, r.ensemble(), toy.labels);
    EXPECT_LT(stack, best - 0.01);
    EXPECT_LT(mean_log_loss(r, r.models[1], toy.labels), std::log(2.0));  // overconfident by 4, calibrated
    EXPECT_LT(mean_log_loss(r, r.models[2], toy.labels), std::log(2.0) + 0.004);
    // The weights undo the boldness of 1, 4 and 30.
    const std::vector<double>& w = r.stack_weights.back();
    EXPECT_NEAR(w[1], 1.0, 0.2);
    EXPECT_NEAR(w[2] / w[1], 0.25, 0.05);
    EXPECT_NEAR(w[3], 0.0, 0.2);
}

/// Rows whose labels say the opposite of the toy's first column, and the bars that were asked with.
class OppositeRows final : public Augmentation {
  public:
    explicit OppositeRows(std::size_t columns) {
        SplitMix64 random(3);
        for (int i = 0; i < 400; ++i) {
            const double x = random.next_normal();
            for (std::size_t c = 0; c < columns; ++c) drawn_.values.push_back(c == 0 ? x : 0);
            drawn_.y.push_back(x > 0 ? 0.0F : 1.0F);
            drawn_.weight.push_back(1.0 / 400);
        }
    }
    Result<DrawnRows> rows(std::size_t known_bars) const override {
        asked.push_back(known_bars);
        return drawn_;
    }
    double share() const override { return 0.9; }
    std::string describe() const override { return "opposite"; }
    mutable std::vector<std::size_t> asked;

  private:
    DrawnRows drawn_;
};

TEST(pipeline, learns_from_drawn_rows_that_were_asked_for_with_training_bars_only) {
    const Toy toy = make_toy(3000, 1);
    const Cast cast;
    const std::vector<Split> splits = folds_of(toy, 2);
    const OppositeRows opposite(toy.features.columns());
    PipelineOptions options;
    options.augmentation = &opposite;
    const PipelineResult plain = run(toy, splits, cast.all()), drawn = run(toy, splits, cast.all(), options);
    const auto correct = [&](const PipelineResult& r) {
        int out = 0;
        for (std::size_t i = 0; i < r.entry.size(); ++i) out += (r.models[0].raw[i] > 0.5) == (toy.labels.y[r.entry[i]] > 0.5F);
        return 2 * out > static_cast<int>(r.entry.size());
    };
    EXPECT_TRUE(correct(plain));
    EXPECT_FALSE(correct(drawn));
    ASSERT_FALSE(opposite.asked.empty());
    EXPECT_LT(opposite.asked.back(), toy.labels.row[splits.back().train.back()] + 1U);  // what stops early is not drawn from either
    EXPECT_LE(std::ranges::max(opposite.asked), toy.labels.row[splits.back().test.front()]);
    EXPECT_LE(opposite.asked.front(), toy.labels.row[splits.front().test.front()]);
}

TEST(pipeline, speaks_only_from_what_was_known) {
    for (const int horizon : {1, 12}) {
        const Toy toy = make_toy(4000, 2, 1.0, horizon);
        const Cast cast;
        const std::vector<Split> splits = folds_of(toy, 5);
        const PipelineResult whole = run(toy, splits, cast.all());
        for (const std::size_t kept : {1U, 3U}) {
            // Everything after the test block of fold kept-1 never happened.
            const std::uint32_t last = splits[kept - 1].test.back();
            Toy cut = toy;
            const std::size_t rows = toy.labels.row[last] + 1;
            cut.features.time.resize(rows);
            cut.features.known.resize(rows);
            cut.features.values.resize(rows * 3);
            for (std::size_t e = 0; e <= last; ++e)
                if (cut.labels.end[e] >= rows) {  // its label is not known yet
                    cut.labels.y[e] = NAN;
                    cut.labels.target[e] = NAN;
                }
            cut.labels.row.resize(last + 1);
            cut.labels.end.resize(last + 1);
            cut.labels.y.resize(last + 1);
            cut.labels.target.resize(last + 1);
            cut.labels.weight.resize(last + 1);
            const PipelineResult part =
                run(cut, {splits.begin(), splits.begin() + static_cast<std::ptrdiff_t>(kept)}, cast.all());
            ASSERT_GT(part.entry.size(), 100U);
            EXPECT_EQ(bytes_of(part, part.entry.size()), bytes_of(whole, part.entry.size()));
        }
    }
}

TEST(pipeline, answers_a_block_without_the_labels_that_end_inside_it) {
    const Toy toy = make_toy(9000, 12, 1.0, 5);
    const Cast cast;
    std::vector<Split> splits = folds_of(toy, 4);
    splits.resize(3);
    const std::uint32_t first_row = toy.labels.row[splits[2].test.front()];
    Toy other = toy;
    for (std::size_t e = 0; e < other.labels.size(); ++e) {
        if (other.labels.end[e] < first_row) continue;
        other.labels.y[e] = 1 - other.labels.y[e];
        other.labels.target[e] *= -7;
    }
    const PipelineResult a = run(toy, splits, cast.all()), b = run(other, splits, cast.all());
    const std::size_t from = splits[0].test.size() + splits[1].test.size();
    for (std::size_t i = from; i < a.entry.size(); ++i)
        ASSERT_EQ(a.predictions.p_up[i], b.predictions.p_up[i]);
    EXPECT_EQ(a.ensemble().thresholds.by_fold[2], b.ensemble().thresholds.by_fold[2]);
    EXPECT_EQ(a.predictions.low[from], b.predictions.low[from]);
    EXPECT_NE(a.predictions.low.back(), b.predictions.low.back());
}

/// Members of which b turns round every 700 rows, so that it hurts.
Toy with_a_turning_member(std::uint64_t seed) {
    Toy toy = make_toy(9000, seed, 1.0);
    for (std::size_t t = 0; t < toy.features.rows(); ++t)
        if (t / 700 % 2 == 1) toy.features.values[t * 3 + 1] *= -3;
    return toy;
}

TEST(pipeline, drops_a_member_by_what_was_known_before_the_test_and_tells_it) {
    const Toy toy = with_a_turning_member(21);
    const testing_learners::ColumnLearner a("a", 0, 1.0), b("b", 1, 3.0);
    const std::vector<const Learner*> learners{&a, &b};
    PipelineOptions options;
    options.form = {.drop = true, .disagreement = true, .gate = true};
    const std::vector<Split> splits = folds_of(toy, 4);
    Toy other = toy;  // the labels that end in or behind the last block, turned round
    const std::uint32_t first_row = toy.labels.row[splits.back().test.front()];
    for (std::size_t e = 0; e < other.labels.size(); ++e)
        if (other.labels.end[e] >= first_row) other.labels.y[e] = 1 - other.labels.y[e];
    const PipelineResult one = run(toy, splits, learners, options), two = run(other, splits, learners, options);
    ASSERT_EQ(one.dropped.size(), 4U);
    EXPECT_EQ(one.dropped, two.dropped);
    EXPECT_EQ(one.predictions.p_up, two.predictions.p_up);
    EXPECT_EQ(one.disagreement.size(), one.entry.size());
    ASSERT_FALSE(one.form_trials.back().empty());
    EXPECT_EQ(one.form_trials.back().front().what, "without b");
    EXPECT_EQ(one.dropped.back(), std::vector<std::string>{"b"});
    EXPECT_EQ(one.stack_weights.back()[2], 0.0);
    EXPECT_EQ(one.models[1].p_up.size(), one.entry.size()) << "it still stands in the panel";
}

TEST(pipeline, weighs_moves_by_what_was_known_before_them) {
    Toy toy = make_toy(600, 11);
    const std::vector<double> plain = effective_weights(toy.labels, false);
    const std::vector<double> before = effective_weights(toy.labels, true);
    EXPECT_EQ(plain, toy.labels.weight);
    toy.labels.target[300] = 1e6;
    const std::vector<double> after = effective_weights(toy.labels, true);
    EXPECT_TRUE(std::equal(before.begin(), before.begin() + 300, after.begin()));
    EXPECT_EQ(after[300], 3.0);                // capped
    EXPECT_LT(after[302], 0.1 * before[302]);  // row 300's label is known at row 301
    EXPECT_GT(before[100], 0);
}

TEST(pipeline, gives_the_same_bytes_at_any_number_of_threads) {
    const Toy toy = make_toy(3000, 3);
    const std::vector<std::unique_ptr<Learner>> trees = tree_learners();
    std::vector<const Learner*> learners;
    learners.reserve(trees.size());
    for (const auto& l : trees) learners.push_back(l.get());
    PipelineOptions options;
    const PipelineResult one = run(toy, folds_of(toy, 3), learners, options);
    options.threads = 3;
    const PipelineResult three = run(toy, folds_of(toy, 3), learners, options);
    EXPECT_EQ(bytes_of(one, one.entry.size()), bytes_of(three, three.entry.size()));
    EXPECT_LT(mean_log_loss(one, one.ensemble(), toy.labels), std::log(2.0) - 0.05);
}

TEST(pipeline, lets_no_member_change_another) {
    const Toy toy = make_toy(3000, 4);
    const Cast cast;
    const std::vector<const Learner*> alone{&cast.b};
    const PipelineResult with = run(toy, folds_of(toy, 3), cast.all()),
                         without = run(toy, folds_of(toy, 3), alone);
    EXPECT_EQ(with.models[1].p_up, without.models[0].p_up);
    EXPECT_EQ(with.models[1].p_low, without.models[0].p_low);
}

TEST(pipeline, goes_on_where_it_was_stopped) {
    const Toy toy = make_toy(3000, 5);
    const auto folder = std::filesystem::path(testing::TempDir()) / "fold-cache-test";
    std::filesystem::remove_all(folder);
    auto cache = FileFoldCache::open(folder);
    ASSERT_TRUE(cache.has_value());
    PipelineOptions options;
    options.cache = &*cache;
    Cast first;
    first.a.stop_after = 2;
    const auto stopped =
        walk_forward_predict(toy.features, toy.labels, folds_of(toy, 4), first.all(), options);
    ASSERT_FALSE(stopped.has_value());
    EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
    const Cast second;
    const PipelineResult resumed = run(toy, folds_of(toy, 4), second.all(), options);
    EXPECT_GT(resumed.fits_from_cache, 0U);
    EXPECT_LT(resumed.fits_from_cache, resumed.fits);
    const Cast third;
    const PipelineResult fresh = run(toy, folds_of(toy, 4), third.all());
    EXPECT_EQ(bytes_of(resumed, resumed.entry.size()), bytes_of(fresh, fresh.entry.size()));
    const PipelineResult again = run(toy, folds_of(toy, 4), third.all(), options);
    EXPECT_EQ(again.fits_from_cache, again.fits);
    options.seed = 2;  // another seed is another question
    EXPECT_EQ(run(toy, folds_of(toy, 4), third.all(), options).fits_from_cache, 0U);
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        std::filesystem::resize_file(entry.path(), std::filesystem::file_size(entry.path()) / 2);
    options.seed = 1;
    const PipelineResult mended = run(toy, folds_of(toy, 4), third.all(), options);
    EXPECT_EQ(mended.fits_from_cache, 0U);
    EXPECT_EQ(bytes_of(mended, mended.entry.size()), bytes_of(fresh, fresh.entry.size()));
    cache->clear();
    EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(pipeline, finds_nothing_in_labels_shuffled_by_blocks) {
    Toy toy = make_toy(12'000, 6);
    toy.labels = shuffled_in_blocks(toy.labels, 20, 9);
    const std::vector<std::unique_ptr<Learner>> trees = tree_learners();
    std::vector<const Learner*> learners;
    learners.reserve(trees.size());
    for (const auto& l : trees) learners.push_back(l.get());
    const PipelineResult r = run(toy, folds_of(toy, 4), learners);
    double right = 0;
    for (std::size_t i = 0; i < r.entry.size(); ++i)
        right += (r.predictions.p_up[i] > 0.5) == (toy.labels.y[r.entry[i]] > 0.5F);
    const double n = static_cast<double>(r.entry.size());
    EXPECT_NEAR(right / n, 0.5, 3 * 0.5 / std::sqrt(n));
    EXPECT_LT(mean_log_loss(r, r.ensemble(), toy.labels), std::log(2.0) + 0.002);
}

TEST(pipeline, keeps_probabilities_inside_their_intervals_and_targets_inside_theirs) {
    const Toy toy = make_toy(9000, 7);
    const Cast cast;
    const PipelineResult r = run(toy, folds_of(toy, 4), cast.all());
    double inside = 0;
    for (std::size_t i = 0; i < r.entry.size(); ++i) {
        for (const ModelRun& m : r.models) {
            ASSERT_LE(m.p_low[i], m.p_up[i]);
            ASSERT_LE(m.p_up[i], m.p_high[i]);
            ASSERT_TRUE(m.p_low[i] >= 0 && m.p_high[i] <= 1);
        }
        const double target = toy.labels.target[r.entry[i]];
        inside += r.predictions.low[i] <= target && target <= r.predictions.high[i];
    }
    EXPECT_NEAR(inside / static_cast<double>(r.entry.size()), 0.9, 0.015);
    EXPECT_EQ(r.models[0].thresholds.by_fold.size(), 4U);
    EXPECT_GT(r.ensemble().thresholds.by_fold[0][2], r.ensemble().thresholds.by_fold[0][1]);
}

TEST(pipeline, predicts_entries_without_a_label_and_never_learns_from_them) {
    Toy toy = make_toy(3000, 8);
    const Cast cast;
    const std::vector<Split> splits = folds_of(toy, 3);
    const std::uint32_t hidden = splits[0].test[50];
    Toy blank = toy;
    blank.labels.y[hidden] = NAN;
    blank.labels.target[hidden] = NAN;
    std::vector<Split> kept(splits.begin(), splits.begin() + 1);
    const PipelineResult a = run(toy, kept, cast.all()), b = run(blank, kept, cast.all());
    EXPECT_EQ(a.predictions.p_up, b.predictions.p_up);
    const auto refused = walk_forward_predict(blank.features, blank.labels, splits, cast.all(), {});
    ASSERT_FALSE(refused.has_value());  // later folds would train on it
    EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
}

TEST(pipeline, refuses_a_training_label_that_reaches_into_the_test) {
    const Toy toy = make_toy(2000, 9, 1.0, 12);
    const Cast cast;
    std::vector<Split> splits = folds_of(toy, 2);
    splits[0].train.push_back(splits[0].test.front() - 1);
    const auto refused = walk_forward_predict(toy.features, toy.labels, splits, cast.all(), {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::gate_refused);
    EXPECT_NE(refused.error().text.find("purge"), std::string::npos);
}

TEST(pipeline, refuses_wrong_questions) {
    const Toy toy = make_toy(2000, 10);
    const Cast cast;
    const std::vector<Split> splits = folds_of(toy, 2);
    const std::vector<const Learner*> none, twice{&cast.a, &cast.a};
    EXPECT_EQ(walk_forward_predict(toy.features, toy.labels, splits, none, {}).error().code,
              ErrorCode::usage);
    EXPECT_EQ(walk_forward_predict(toy.features, toy.labels, splits, twice, {}).error().code,
              ErrorCode::usage);
    EXPECT_EQ(walk_forward_predict(toy.features, toy.labels, {}, cast.all(), {}).error().code,
              ErrorCode::usage);
    PipelineOptions stopped;
    std::stop_source source;
    source.request_stop();
    stopped.stop = source.get_token();
    EXPECT_EQ(walk_forward_predict(toy.features, toy.labels, splits, cast.all(), stopped).error().code,
              ErrorCode::interrupted);
}

}  // namespace
}  // namespace aitrading::models
