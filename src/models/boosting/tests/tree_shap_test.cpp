#include "models/boosting/tree_shap.hpp"

#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <numeric>
#include <sstream>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "models/boosting/boosting.hpp"
#include "models/boosting/flat_forest.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t kColumns = 8;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string read_golden(const std::string& name) {
    std::ifstream file(std::string(AIT_ROOM_DIR) + "/tests/golden/" + name, std::ios::binary);
    EXPECT_TRUE(file) << name;
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

/// Lines of a CSV behind its header, cells as text.
std::vector<std::vector<std::string>> read_table(const std::string& name) {
    std::istringstream lines(read_golden(name));
    std::string line, cell;
    std::getline(lines, line);
    std::vector<std::vector<std::string>> out;
    while (std::getline(lines, line)) {
        out.emplace_back();
        std::istringstream cells(line);
        while (std::getline(cells, cell, ',')) out.back().push_back(cell);
    }
    return out;
}

double number(const std::string& text) {
    double value = kNan;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Values by their definition over all 256 sets of columns: tools/golden/boosting/make_contributions.py.
TEST(TreeShapTest, equals_shapley_values_by_definition) {
    std::map<std::string, TreeShap> models;
    models.emplace("lightgbm", *read_lightgbm_text(read_golden("lightgbm.txt")));
    models.emplace("lightgbm_zero", *read_lightgbm_text(read_golden("lightgbm_zero.txt")));
    models.emplace("forest", *read_lightgbm_text(read_golden("forest.txt")));
    models.emplace("xgboost", *read_xgboost_json(read_golden("xgboost.json")));
    const auto rows = read_table("rows.csv");
    const auto expected = read_table("contributions.csv");
    ASSERT_EQ(expected.size(), 120U);
    for (const auto& line : expected) {
        const TreeShap& shap = models.at(line[0]);
        const auto& cells = rows[static_cast<std::size_t>(number(line[1]))];
        std::vector<double> x, out(kColumns);
        for (std::size_t c = 0; c < kColumns; ++c) x.push_back(number(cells[c]));
        shap.contributions(x, out);
        // XGBoost's covers of inner nodes are sums of floats of their own; ours and the script's add the leaves.
        EXPECT_NEAR(shap.base(), number(line[2]), 1e-7) << line[0];
        for (std::size_t c = 0; c < kColumns; ++c) EXPECT_NEAR(out[c], number(line[3 + c]), 1e-7) << line[0] << " row " << line[1] << " column " << c;
    }
}

/// A tree that splits at random, columns repeating along its paths.
std::int32_t grow(ForestTree& tree, SplitMix64& random, std::size_t columns, int depth) {
    if (depth == 0 || random.next_uniform() < 0.1) {
        tree.leaves.push_back(random.next_normal());
        tree.cover.push_back(std::floor(1 + 50 * random.next_uniform()));
        return ~static_cast<std::int32_t>(tree.leaves.size() - 1);
    }
    const std::size_t at = tree.splits.size();
    tree.splits.push_back({static_cast<std::uint32_t>(random.next_below(columns)), random.next_normal(), Missing::nan, random.next_below(2) == 0, 0, 0, 1});
    const std::int32_t left = grow(tree, random, columns, depth - 1), right = grow(tree, random, columns, depth - 1);
    tree.splits[at].left = left;
    tree.splits[at].right = right;
    return static_cast<std::int32_t>(at);
}

ForestModel random_forest(std::size_t columns, int depth, std::uint64_t seed) {
    ForestModel model;
    model.columns = columns;
    SplitMix64 random(seed);
    for (int t = 0; t < 5; ++t) grow(model.trees.emplace_back(), random, columns, depth);
    return model;
}

TEST(TreeShapTest, sums_are_the_margin_whatever_the_depth_and_the_row) {
    for (const int depth : {0, 1, 3, 4, 5, 9, 12})
        for (const std::size_t columns : {1U, 3U, 40U}) {
            const ForestModel model = random_forest(columns, depth, 7 + static_cast<std::uint64_t>(depth));
            const TreeShap shap(model);
            const auto flat = FlatForest::build(model);
            ASSERT_TRUE(flat);
            SplitMix64 random(3);
            std::vector<double> x(columns), out(columns);
            for (int i = 0; i < 20; ++i) {
                for (double& v : x) v = random.next_uniform() < 0.1 ? kNan : 3 * random.next_normal();
                shap.contributions(x, out);
                EXPECT_NEAR(std::accumulate(out.begin(), out.end(), shap.base()), flat->margin(x), 1e-9) << depth << " " << columns;
            }
        }
}

TEST(TreeShapTest, a_ladder_deeper_than_any_rule_of_few_points_stays_exact) {
    ForestModel model;
    constexpr int splits = 100;
    model.columns = splits;
    ForestTree tree;
    for (int i = 0; i < splits; ++i) {
        tree.splits.push_back({static_cast<std::uint32_t>(i), 0.0, Missing::nan, true, i + 1 < splits ? i + 1 : ~splits, ~i, 1.0});
        tree.leaves.push_back(i * 0.1);
        tree.cover.push_back(10);
    }
    tree.leaves.push_back(50);
    tree.cover.push_back(10);
    model.trees = {tree};
    const TreeShap shap(model);
    std::vector<double> x(splits, -1.0), out(splits);
    shap.contributions(x, out);
    EXPECT_NEAR(std::accumulate(out.begin(), out.end(), shap.base()), 50, 1e-9);
    x[60] = 1;
    shap.contributions(x, out);
    EXPECT_NEAR(std::accumulate(out.begin(), out.end(), shap.base()), 6, 1e-9);
}

TEST(TreeShapTest, a_column_that_no_tree_asks_for_gets_nothing) {
    ForestModel model = random_forest(3, 6, 5);
    model.columns = 5;
    const TreeShap shap(model);
    const std::vector<double> x{0.1, -0.4, 2, 7, -7};
    std::vector<double> out(5);
    shap.contributions(x, out);
    EXPECT_EQ(out[3], 0);
    EXPECT_EQ(out[4], 0);
}

TEST(TreeShapTest, a_leaf_without_cover_breaks_nothing) {
    ForestModel model = random_forest(3, 4, 5);
    for (double& cover : model.trees[0].cover) cover = 0;
    model.trees[1].cover[0] = 0;
    const TreeShap shap(model);
    const auto flat = FlatForest::build(model);
    const std::vector<double> x{0.1, -0.4, 2};
    std::vector<double> out(3);
    shap.contributions(x, out);
    EXPECT_NEAR(std::accumulate(out.begin(), out.end(), shap.base()), flat->margin(x), 1e-9);
}

TEST(TreeShapTest, without_covers_it_says_so) {
    ForestModel model = random_forest(3, 4, 5);
    for (ForestTree& tree : model.trees) tree.cover.clear();
    EXPECT_FALSE(TreeShap(model).available());
}

/// The three learners end to end: the sum is the logit of the answer, and its base is the same for all rows.
TEST(TreeShapTest, learners_explain_the_logit_of_their_answer) {
    constexpr std::size_t rows = 1500;
    SplitMix64 random(9);
    std::vector<double> x;
    std::vector<float> y;
    const std::vector<double> weight(rows, 1.0);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t c = 0; c < kColumns; ++c) x.push_back(random.next_uniform() < 0.03 ? kNan : random.next_normal());
        const double signal = (std::isnan(x[i * kColumns]) ? 0 : x[i * kColumns]) + (x[i * kColumns + 1] > 0 ? 0.5 : -0.5);
        y.push_back(signal + random.next_normal() > 0 ? 1.0F : 0.0F);
    }
    const MatrixView view{x.data(), rows, kColumns, kColumns};
    for (const auto& learner : tree_learners()) {
        const auto model = learner->fit({view, y, weight}, {}, {});
        ASSERT_TRUE(model) << model.error().text;
        std::vector<double> out(kColumns);
        double base = kNan, first = 0, last = 0;
        for (std::size_t i = 0; i < 300; ++i) {
            const auto reasons = (*model)->explain(nullptr, view.slice(i, i + 1), out);
            ASSERT_TRUE(reasons);
            if (std::isnan(base)) base = reasons->base;
            EXPECT_EQ(reasons->base, base);
            const double p = (*model)->predict_row(view.row(i));
            EXPECT_NEAR(std::accumulate(out.begin(), out.end(), reasons->base), std::log(p / (1 - p)), 1e-5) << learner->name();
            first += std::abs(out[0]);
            last += std::abs(out[kColumns - 1]);
        }
        EXPECT_GT(first, 3 * last) << learner->name();
    }
}

}  // namespace
}  // namespace aitrading::models
