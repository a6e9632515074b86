#include "models/evaluation/splits.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "models/evaluation/tests/random_bars.hpp"

namespace aitrading::models {
namespace {

std::vector<UnixNanos> hours(std::size_t count) {
    std::vector<UnixNanos> time;
    time.reserve(count);
    for (std::size_t i = 0; i < count; ++i) time.push_back({static_cast<std::int64_t>(i) * nanos_per_hour});
    return time;
}

/// The one thing that matters: no bar that a training label needs is a bar that a test label needs.
void expect_disjoint(const LabelSet& labels, const Split& split, const char* what) {
    std::set<std::uint32_t> tested;
    for (std::uint32_t i : split.test)
        for (std::uint32_t t = labels.row[i]; t <= labels.end[i]; ++t) tested.insert(t);
    for (std::uint32_t i : split.train) {
        const auto hit = tested.lower_bound(labels.row[i]);
        ASSERT_TRUE(hit == tested.end() || *hit > labels.end[i])
            << what << ": training label " << labels.row[i] << ".." << labels.end[i] << " needs tested row "
            << *hit;
    }
}

TEST(WalkForward, never_lets_a_training_span_reach_a_tested_bar) {
    SplitMix64 random(7);
    for (int round = 0; round < 60; ++round) {
        const int horizon = 1 + static_cast<int>(random.next_below(40));
        const std::size_t rows = 600 + random.next_below(600);
        const LabelSet labels = random_labels(rows, horizon, random.next());
        WalkForwardOptions options;
        options.folds = 1 + static_cast<int>(random.next_below(8));
        options.embargo_bars = static_cast<int>(random.next_below(30));
        options.min_train = 50;
        options.expanding = random.next_uniform() < 0.5;
        if (round % 3 == 0) options.test_rows = 20;
        if (round % 3 == 1) {
            options.test_from = UnixNanos{static_cast<std::int64_t>(rows / 2) * nanos_per_hour};
            options.refit_rows = 10 + random.next_below(90);
        }
        const auto splits = walk_forward(labels, hours(rows), options);
        ASSERT_TRUE(splits) << splits.error().text;
        std::uint32_t next = splits->front().test.front();
        for (const Split& split : *splits) {
            expect_disjoint(labels, split, "walk-forward");
            EXPECT_GE(split.train.size(), options.min_train);
            const std::uint32_t first = labels.row[split.test.front()];
            for (std::uint32_t i : split.train)
                ASSERT_LT(static_cast<std::int64_t>(labels.end[i]) + options.embargo_bars, first);
            for (std::uint32_t i : split.test)
                ASSERT_EQ(i, next++);  // blocks follow each other, nothing lost
        }
        EXPECT_EQ(next, labels.size());
    }
}

TEST(WalkForward, keeps_every_label_that_purge_and_embargo_allow) {
    LabelSet labels = random_labels(1000, 5, 1);
    WalkForwardOptions options;
    options.folds = 4;
    options.embargo_bars = 10;
    const auto splits = walk_forward(labels, hours(1000), options);
    ASSERT_TRUE(splits);
    for (const Split& split : *splits) {
        const std::uint32_t first = labels.row[split.test.front()];
        std::size_t allowed = 0;
        for (std::uint32_t end : labels.end) allowed += end + 10 < first ? 1U : 0U;
        EXPECT_EQ(split.train.size(), allowed);
    }
}

TEST(WalkForward, refits_every_n_bars_after_the_date) {
    LabelSet labels = random_labels(1000, 1, 3);
    WalkForwardOptions options;
    options.test_from = UnixNanos{500 * nanos_per_hour};
    options.refit_rows = 100;
    const auto splits = walk_forward(labels, hours(1000), options);
    ASSERT_TRUE(splits);
    ASSERT_EQ(splits->size(), 5U);
    EXPECT_GE(labels.row[splits->front().test.front()], 500U);
    for (const Split& split : *splits)
        EXPECT_LT(labels.row[split.test.back()] - labels.row[split.test.front()], 100U);
}

TEST(WalkForward, says_how_many_labels_are_missing) {
    LabelSet labels = random_labels(200, 1, 3);
    WalkForwardOptions options;
    options.test_from = UnixNanos{20 * nanos_per_hour};
    const auto splits = walk_forward(labels, hours(200), options);
    ASSERT_FALSE(splits);
    EXPECT_EQ(splits.error().code, ErrorCode::bad_input);
    EXPECT_NE(splits.error().text.find("at least 250"), std::string::npos) << splits.error().text;
    options.folds = 0;
    EXPECT_EQ(walk_forward(labels, hours(200), options).error().code, ErrorCode::usage);
    EXPECT_EQ(walk_forward(LabelSet{}, hours(200), WalkForwardOptions{}).error().code, ErrorCode::bad_input);
}

TEST(PurgedTail, is_the_later_part_and_disjoint) {
    const LabelSet labels = random_labels(800, 25, 11);
    std::vector<std::uint32_t> train;
    train.reserve(500);
    for (std::uint32_t i = 0; i < 500; ++i) train.push_back(i);
    const Split tail = purged_tail(labels, train, 0.2, 12);
    EXPECT_EQ(tail.test.size(), 100U);
    EXPECT_EQ(tail.test.front(), 400U);
    expect_disjoint(labels, tail, "tail");
    for (std::uint32_t i : tail.train) EXPECT_LT(labels.end[i] + 12, labels.row[400]);
    EXPECT_GT(tail.train.size(), 350U);
}

/// Vector cpcv-12-3-2 (skfolio): a label that needs the next bar is "purge 1", one that needs only its own
/// "purge 0".
TEST(Combinatorial, gives_the_published_splits_of_twelve_rows) {
    using Rows = std::vector<std::uint32_t>;
    for (const auto& [span, embargo, expected] :
         {std::tuple{0U, 0, std::vector<Rows>{{8, 9, 10, 11}, {4, 5, 6, 7}, {0, 1, 2, 3}}},
          std::tuple{1U, 0, std::vector<Rows>{{9, 10, 11}, {5, 6}, {0, 1, 2}}},
          std::tuple{0U, 1, std::vector<Rows>{{9, 10, 11}, {5, 6, 7}, {0, 1, 2, 3}}}}) {
        LabelSet labels;
        for (std::uint32_t i = 0; i < 12; ++i) {
            labels.row.push_back(i);
            labels.end.push_back(i + span);
        }
        const auto cpcv = combinatorial(labels, 3, 2, embargo);
        ASSERT_TRUE(cpcv);
        ASSERT_EQ(cpcv->splits.size(), 3U);
        EXPECT_EQ(cpcv->paths, 2);
        for (std::size_t k = 0; k < 3; ++k)
            EXPECT_EQ(cpcv->splits[k].train, expected[k]) << span << " " << embargo;
        EXPECT_EQ(cpcv->path, (std::vector<std::vector<int>>{{0, 0}, {1, 0}, {1, 1}}));
    }
}

TEST(Combinatorial, never_overlaps_and_each_path_covers_everything_once) {
    const LabelSet labels = random_labels(700, 15, 5);
    const auto cpcv = combinatorial(labels, 10, 2, 7);
    ASSERT_TRUE(cpcv);
    EXPECT_EQ(cpcv->splits.size(), 45U);
    EXPECT_EQ(cpcv->paths, 9);
    std::vector<std::set<int>> covered(9);
    for (std::size_t k = 0; k < cpcv->splits.size(); ++k) {
        expect_disjoint(labels, cpcv->splits[k], "combinatorial");
        EXPECT_GT(cpcv->splits[k].train.size(), 350U);
        for (std::size_t g = 0; g < 2; ++g)
            EXPECT_TRUE(
                covered[static_cast<std::size_t>(cpcv->path[k][g])].insert(cpcv->groups[k][g]).second);
    }
    for (const auto& path : covered) EXPECT_EQ(path.size(), 10U);
    EXPECT_EQ(combinatorial(labels, 2, 2, 0).error().code, ErrorCode::usage);
    EXPECT_EQ(combinatorial(labels, 60, 20, 0).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace aitrading::models
