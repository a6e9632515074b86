#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include <fmt/format.h>

#include "models/boosting/flat_forest.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t kRanksMax = 65'534;  // 65,535 is "right of every threshold"
constexpr std::uint16_t kRightOfAll = 65'535;
constexpr int kCompleteDepthMax = 8;  // a complete tree of depth 8 has 255 splits: 1 KiB

int depth_of(const ForestTree& tree, std::int32_t child) {
    if (child < 0) return 0;
    const auto& split = tree.splits[static_cast<std::size_t>(child)];
    return 1 + std::max(depth_of(tree, split.left), depth_of(tree, split.right));
}

std::int32_t root_of(const ForestTree& tree) {
    return tree.splits.empty() ? ~0 : 0;
}

}  // namespace

/// Builds the arrays; knows for every split its rule and rank.
struct FlatForest::Layout {
    const ForestModel& model;
    FlatForest& flat;
    std::vector<std::vector<double>> thresholds;  ///< by column of the model, ascending, distinct
    std::vector<std::array<int, 5>> rule;         ///< by column: number of the rule of each kind, -1 unused

    static std::size_t kind(const ForestSplit& split) {
        if (split.missing == Missing::never) return 0;
        return (split.missing == Missing::nan ? 1U : 3U) + (split.default_left ? 1U : 0U);
    }
    /// Thresholds that send x right.
    std::uint16_t rank_of(std::size_t column, double x) const {
        const auto& t = thresholds[column];
        const auto end = model.strict ? std::ranges::upper_bound(t, x) : std::ranges::lower_bound(t, x);
        return static_cast<std::uint16_t>(end - t.begin());
    }
    std::uint16_t rank_of(const ForestSplit& split) const {
        const auto& t = thresholds[split.column];
        return static_cast<std::uint16_t>(std::ranges::lower_bound(t, split.threshold) - t.begin());
    }
    std::uint16_t rule_of(const ForestSplit& split) const {
        return static_cast<std::uint16_t>(rule[split.column][kind(split)]);
    }

    Result<void> collect() {
        thresholds.resize(model.columns);
        rule.assign(model.columns, {-1, -1, -1, -1, -1});
        for (const auto& tree : model.trees)
            for (const auto& split : tree.splits) {
                thresholds[split.column].push_back(split.threshold);
                rule[split.column][kind(split)] = 0;
            }
        for (std::size_t c = 0; c < model.columns; ++c) {
            auto& t = thresholds[c];
            std::ranges::sort(t);
            t.erase(std::unique(t.begin(), t.end()), t.end());
            if (t.size() > kRanksMax)
                return fail(
                    ErrorCode::bad_input,
                    fmt::format(
                        "tree model: column {} has {} thresholds, {} at most are supported; train with "
                        "a smaller max_bin",
                        c, t.size(), kRanksMax));
            if (!t.empty()) add_column(c);
        }
        if (flat.rules_.size() > kRulesMax)
            return fail(
                ErrorCode::bad_input,
                fmt::format("tree model: it needs {} column rules, {} at most are supported; train on fewer "
                            "columns",
                            flat.rules_.size(), kRulesMax));
        if (flat.rules_.empty()) flat.rules_.emplace_back();  // the leaves of a constant forest ask rule 0
        return {};
    }

    void add_column(std::size_t c) {
        const auto padded = std::bit_ceil(thresholds[c].size() + 1) - 1;
        Column column{static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(flat.thresholds_.size()),
                      static_cast<std::uint32_t>((padded + 1) / 2), 0};
        flat.thresholds_.insert(flat.thresholds_.end(), thresholds[c].begin(), thresholds[c].end());
        flat.thresholds_.resize(column.first + padded, std::numeric_limits<double>::quiet_NaN());
        const std::uint16_t at_zero = rank_of(c, 0.0);
        const std::array<std::uint16_t, 5> nan_rank{at_zero, kRightOfAll, 0, kRightOfAll, 0};
        const std::array<std::uint16_t, 5> zero_rank{at_zero, at_zero, at_zero, kRightOfAll, 0};
        for (std::size_t k = 0; k < 5; ++k) {
            if (rule[c][k] < 0) continue;
            rule[c][k] = static_cast<int>(flat.rules_.size());
            flat.rules_.push_back({nan_rank[k], zero_rank[k]});
        }
        column.rules = static_cast<std::uint32_t>(flat.rules_.size());
        flat.used_.push_back(column);
    }

    void set_leaf(std::size_t at, double value) {
        if (model.single)
            flat.leaves_single_[at] = static_cast<float>(value);
        else
            flat.leaves_double_[at] = value;
    }
    void resize_leaves(std::size_t count) {
        if (model.single)
            flat.leaves_single_.resize(count);
        else
            flat.leaves_double_.resize(count);
    }

    /// Fills the heap below `at`. A leaf above the last level is repeated at every place below it.
    void complete(const ForestTree& tree, std::size_t base, std::int32_t child, std::size_t at) {
        const std::size_t size = std::size_t{1} << flat.depth_;
        if (at >= size) {
            set_leaf(base + at - size, tree.leaves[static_cast<std::size_t>(~child)]);
            return;
        }
        std::int32_t left = child, right = child;
        if (child >= 0) {
            const auto& split = tree.splits[static_cast<std::size_t>(child)];
            flat.complete_[base + at] = (std::uint32_t{rule_of(split)} << 16) | rank_of(split);
            left = split.left;
            right = split.right;
        }
        complete(tree, base, left, 2 * at);
        complete(tree, base, right, 2 * at + 1);
    }
    void all_complete() {
        const std::size_t size = std::size_t{1} << flat.depth_;
        // Trees beyond the last up to a full group of lanes are all zero: they add nothing.
        const std::size_t padded = (model.trees.size() + kLanes - 1) / kLanes * kLanes;
        flat.complete_.assign(padded * size, kRightOfAll);
        resize_leaves(padded * size);
        for (std::size_t t = 0; t < model.trees.size(); ++t)
            complete(model.trees[t], t * size, root_of(model.trees[t]), 1);
    }

    /// Puts `child` at node `at`, its own children behind all nodes so far.
    void link_node(const ForestTree& tree, std::int32_t child, std::size_t at) {
        if (child < 0) {
            flat.linked_[at] = {0, kRightOfAll, static_cast<std::uint32_t>(at)};
            set_leaf(at, tree.leaves[static_cast<std::size_t>(~child)]);
            return;
        }
        const auto& split = tree.splits[static_cast<std::size_t>(child)];
        const std::size_t left = flat.linked_.size();
        flat.linked_.resize(left + 2);
        resize_leaves(left + 2);
        flat.linked_[at] = {rule_of(split), rank_of(split), static_cast<std::uint32_t>(left)};
        link_node(tree, split.left, left);
        link_node(tree, split.right, left + 1);
    }
    void add_root() {
        flat.roots_.push_back(static_cast<std::uint32_t>(flat.linked_.size()));
        flat.linked_.emplace_back();
        resize_leaves(flat.linked_.size());
    }
    void all_linked() {
        for (const auto& tree : model.trees) {
            add_root();
            link_node(tree, root_of(tree), flat.roots_.back());
        }
        while (flat.roots_.size() % kLanes != 0) {
            add_root();
            link_node(ForestTree{{}, {0.0}}, ~0, flat.roots_.back());
        }
    }
};

Result<FlatForest> FlatForest::build(const ForestModel& model) {
    TRY_VOID(check_forest(model));
    FlatForest flat;
    flat.columns_ = model.columns;
    flat.trees_ = model.trees.size();
    flat.strict_ = model.strict;
    flat.single_ = model.single;
    flat.average_ = model.average;
    flat.link_ = model.link;
    flat.zero_band_ = model.zero_band;
    flat.start_ = model.start;
    flat.sigmoid_ = model.sigmoid;
    if (model.average && model.trees.empty())
        return fail(ErrorCode::bad_input, "tree model: a mean of no trees");
    Layout layout{model, flat, {}, {}};
    TRY_VOID(layout.collect());
    int depth = 1;
    for (const auto& tree : model.trees) depth = std::max(depth, depth_of(tree, root_of(tree)));
    if (depth <= kCompleteDepthMax) {
        flat.depth_ = depth;
        layout.all_complete();
    } else {
        layout.all_linked();
    }
    return flat;
}

}  // namespace aitrading::models
