#include "models/boosting/flat_forest.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aitrading::models {
namespace {

using testing::HasSubstr;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// One split on column 0 with leaves 1 (left) and 2 (right).
ForestModel one_split(double threshold, Missing missing, bool default_left, bool strict) {
    ForestModel model;
    model.columns = 1;
    model.strict = strict;
    model.zero_band = strict ? -1 : 1e-35F;
    model.trees = {{{{0, threshold, missing, default_left, ~0, ~1, 1.0}}, {1.0, 2.0}}};
    return model;
}

double side(const ForestModel& model, double x) {
    return FlatForest::build(model)->margin({&x, 1});
}

TEST(FlatForestTest, comparison_is_exact_at_every_kind_of_threshold) {
    for (const double t : {0.0, 1.0, -1.0, 5e-324, 1e300, -1e300, kInf, -kInf})
        for (const double x : {0.0, 1.0, -1.0, 5e-324, 1e300, -1e300, kInf, -kInf, std::nextafter(1.0, 2.0),
                               std::nextafter(1.0, 0.0)}) {
            auto loose = one_split(t, Missing::nan, true, false);
            loose.zero_band = -1;
            EXPECT_EQ(side(loose, x), x <= t ? 1 : 2) << x << " <= " << t;
            EXPECT_EQ(side(one_split(t, Missing::nan, true, true), x), x < t ? 1 : 2) << x << " < " << t;
        }
}

TEST(FlatForestTest, missing_values_follow_their_rule_whatever_the_threshold) {
    for (const double t : {-1.0, 0.0, 1.0, kInf, -kInf})
        for (const bool left : {true, false}) {
            EXPECT_EQ(side(one_split(t, Missing::nan, left, false), kNan), left ? 1 : 2);
            EXPECT_EQ(side(one_split(t, Missing::nan, left, true), kNan), left ? 1 : 2);
            EXPECT_EQ(side(one_split(t, Missing::zero, left, false), kNan), left ? 1 : 2);
            for (const double zero : {0.0, -0.0, 1e-36, -1e-36})
                EXPECT_EQ(side(one_split(t, Missing::zero, left, false), zero), left ? 1 : 2);
            EXPECT_EQ(side(one_split(t, Missing::never, left, false), kNan), 0.0 <= t ? 1 : 2);
        }
}

TEST(FlatForestTest, no_bit_pattern_of_a_double_is_taken_for_missing) {
    // Every NaN is missing, signalling or negative or with a payload; every number is not.
    const auto model = one_split(0.0, Missing::nan, false, true);
    for (const std::uint64_t bits :
         {0x7FF8000000000000ULL, 0xFFF8000000000000ULL, 0x7FF0000000000001ULL, 0x7FFFFFFFFFFFFFFFULL})
        EXPECT_EQ(side(model, std::bit_cast<double>(bits)), 2);
    for (const std::uint64_t bits :
         {0x8000000000000001ULL, 0xFFF0000000000000ULL, 0xFFEFFFFFFFFFFFFFULL, 0xBFF8000000000000ULL})
        EXPECT_EQ(side(model, std::bit_cast<double>(bits)), 1);
}

TEST(FlatForestTest, single_precision_compares_after_the_cast) {
    auto model = one_split(static_cast<float>(0.1), Missing::nan, false, true);
    model.single = true;
    EXPECT_EQ(side(model, 0.1), 2);  // casts to the threshold itself
    EXPECT_EQ(side(model, std::nextafter(0.1F, 0.0F)), 1);
    EXPECT_EQ(side(model, 0.1 - 1e-12), 2);
    model.trees[0].splits[0].threshold = std::numeric_limits<float>::max();
    EXPECT_EQ(side(model, 1e39), 2);
    EXPECT_EQ(side(model, -1e39), 1);
}

/// A tree that is one long branch to the left: depth = splits.
ForestModel ladder(int splits) {
    ForestModel model;
    model.columns = 1;
    ForestTree tree;
    for (int i = 0; i < splits; ++i) {
        tree.splits.push_back(
            {0, -static_cast<double>(i), Missing::nan, true, i + 1 < splits ? i + 1 : ~splits, ~i, 1.0});
        tree.leaves.push_back(i);
    }
    tree.leaves.push_back(splits);
    model.trees = {tree, tree, tree};
    return model;
}

TEST(FlatForestTest, complete_and_linked_layouts_agree) {
    for (const int splits : {1, 2, 7, 8, 9, 20, 200}) {
        const auto flat = FlatForest::build(ladder(splits));
        ASSERT_TRUE(flat) << flat.error().text;
        for (const double x : {0.5, -0.5, -6.0, -7.5, -8.5, -19.0, -1000.0}) {
            const double expected =
                std::min<double>(splits, x > 0 ? 0 : std::ceil(-x) + (x == std::floor(x) ? 1 : 0));
            EXPECT_EQ(flat->margin({&x, 1}), 3 * expected) << splits << " " << x;
        }
        const double missing = kNan;
        EXPECT_EQ(flat->margin({&missing, 1}), 3.0 * splits);
    }
}

TEST(FlatForestTest, constant_forest_is_its_leaf) {
    ForestModel model;
    model.columns = 2;
    model.trees = {{{}, {0.25}}};
    const double row[] = {kNan, 3};
    EXPECT_EQ(FlatForest::build(model)->margin(row), 0.25);
    model.trees.clear();
    model.start = -1;
    EXPECT_EQ(FlatForest::build(model)->margin(row), -1);
    model.average = true;
    EXPECT_FALSE(FlatForest::build(model));
}

TEST(FlatForestTest, broken_trees_are_refused) {
    const auto why = [](const ForestModel& model) {
        const auto flat = FlatForest::build(model);
        return flat ? std::string() : flat.error().text;
    };
    auto model = ladder(3);
    model.trees[1].splits[1].left = 0;
    EXPECT_THAT(why(model), HasSubstr("tree 1 reaches child 0 twice"));
    model = ladder(3);
    model.trees[0].splits[1].right = 7;
    EXPECT_THAT(why(model), HasSubstr("does not exist"));
    model.trees[0].splits[1].right = std::numeric_limits<std::int32_t>::min();
    EXPECT_THAT(why(model), HasSubstr("does not exist"));
    model = ladder(3);
    model.trees[0].splits[2].column = 1;
    EXPECT_THAT(why(model), HasSubstr("column that is not there"));
    model = ladder(3);
    model.trees[0].splits[2].threshold = kNan;
    EXPECT_THAT(why(model), HasSubstr("threshold NaN"));
    model = ladder(3);
    model.trees[0].leaves[1] = kInf;
    EXPECT_THAT(why(model), HasSubstr("not finite"));
    model = ladder(3);
    model.trees[0].leaves.pop_back();
    EXPECT_THAT(why(model), HasSubstr("one leaf more"));
    EXPECT_THAT(why(ladder(400)), HasSubstr("deeper than 256"));
    model = ladder(3);
    model.columns = 0;
    EXPECT_THAT(why(model), HasSubstr("no columns"));
}

TEST(FlatForestTest, too_many_column_rules_are_refused) {
    ForestModel model;
    model.columns = 5000;
    for (std::uint32_t c = 0; c < 5000; ++c)
        model.trees.push_back({{{c, 0.0, Missing::nan, true, ~0, ~1, 1.0}}, {1.0, 2.0}});
    EXPECT_THAT(FlatForest::build(model).error().text, HasSubstr("fewer columns"));
}

TEST(ReaderTest, text_that_is_no_model_is_refused) {
    for (const char* text :
         {"", "tree", "tree\n\n", "{}", "tree\nversion=v4\nnum_class=1\n\nend of trees\n", "\n\n\n"}) {
        EXPECT_EQ(read_lightgbm_text(text).error().code, ErrorCode::bad_input) << text;
        EXPECT_EQ(read_xgboost_json(text).error().code, ErrorCode::bad_input) << text;
    }
    const std::string header =
        "tree\nnum_tree_per_iteration=1\nmax_feature_idx=1\nobjective=binary sigmoid:1\n\n";
    EXPECT_TRUE(read_lightgbm_text(header + "end of trees\n"));
    EXPECT_THAT(read_lightgbm_text(header).error().text, HasSubstr("end of trees"));
    const std::string tree =
        "Tree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nsplit_gain=1\nthreshold=0.5\ndecision_type=2\n"
        "left_child=-1\nright_child=-2\nleaf_value=0.1 0.2\n\n\nend of trees\n";
    EXPECT_TRUE(read_lightgbm_text(header + tree)) << read_lightgbm_text(header + tree).error().text;
    const auto with = [&](const std::string& from, const std::string& to) {
        auto text = header + tree;
        text.replace(text.find(from), from.size(), to);
        const auto model = read_lightgbm_text(text);
        return model ? std::string("accepted") : model.error().text;
    };
    EXPECT_THAT(with("num_cat=0", "num_cat=1"), HasSubstr("categories"));
    EXPECT_THAT(with("num_leaves=2", "num_leaves=3"), HasSubstr("'leaf_value' is not a list of 3"));
    EXPECT_THAT(with("num_leaves=2", "num_leaves=99999999999"), HasSubstr("num_leaves"));
    EXPECT_THAT(with("threshold=0.5", "threshold=0.5x"), HasSubstr("'threshold'"));
    EXPECT_THAT(with("threshold=0.5\n", ""), HasSubstr("'threshold' is missing"));
    EXPECT_THAT(with("decision_type=2", "decision_type=3"), HasSubstr("decision_type"));
    EXPECT_THAT(with("decision_type=2", "decision_type=12"), HasSubstr("decision_type"));
    EXPECT_THAT(with("left_child=-1", "left_child=0"), HasSubstr("twice"));
    EXPECT_THAT(with("split_feature=0", "split_feature=2"), HasSubstr("not there"));
    EXPECT_THAT(with("sigmoid:1", "sigmoid:0"), HasSubstr("sigmoid"));
    EXPECT_THAT(with("objective=binary sigmoid:1", "objective=lambdarank"),
                HasSubstr("neither binary nor regression"));
}

}  // namespace
}  // namespace aitrading::models
