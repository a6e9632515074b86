#include "models/boosting/flat_forest.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t kRulesMax = 4096;    // ranks of one row stand on the stack: 8 KiB
constexpr std::size_t kRanksMax = 65'534;  // 65,535 is "right of every threshold"
constexpr std::uint16_t kRightOfAll = 65'535;
constexpr int kCompleteDepthMax = 8;  // a complete tree of depth 8 has 255 splits: 1 KiB
constexpr std::size_t kLanes = 8;     // trees (or rows) walked side by side to hide the latency of loads

int depth_of(const ForestTree& tree, std::int32_t child) {
    if (child < 0) return 0;
    const auto& split = tree.splits[static_cast<std::size_t>(child)];
    return 1 + std::max(depth_of(tree, split.left), depth_of(tree, split.right));
}

std::int32_t root_of(const ForestTree& tree) {
    return tree.splits.empty() ? ~0 : 0;
}

double read(double x, bool single) {
    return single ? static_cast<double>(static_cast<float>(x)) : x;
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

template <bool strict>
void FlatForest::rank(const double* row, std::uint16_t* ranks) const {
    std::size_t rule = 0;
    for (const Column& column : used_) {
        const double x = read(row[column.index], single_);
        const double* const first = thresholds_.data() + column.first;
        // Branch-free search for the number of thresholds that send x right; NaN at the end sends nothing
        // right.
        std::size_t count = 0;
        for (std::size_t half = column.half; half > 0; half /= 2) {
            const double t = first[count + half - 1];
            count += (strict ? t <= x : t < x) ? half : 0;
        }
        const bool missing = std::isnan(x), zero = std::fabs(x) <= zero_band_;
        for (; rule < column.rules; ++rule) {
            const Rule& r = rules_[rule];
            const auto number = static_cast<std::uint16_t>(count);
            ranks[rule] = missing ? r.nan_rank : (zero ? r.zero_rank : number);
        }
    }
}

void FlatForest::rank_row(const double* row, std::uint16_t* ranks) const {
    ranks[0] = 0;  // asked by the leaves of a forest without splits
    strict_ ? rank<true>(row, ranks) : rank<false>(row, ranks);
}

template <>
const std::vector<float>& FlatForest::leaves<float>() const {
    return leaves_single_;
}
template <>
const std::vector<double>& FlatForest::leaves<double>() const {
    return leaves_double_;
}

template <class Leaf, int depth>
Leaf FlatForest::sum_complete(const std::uint16_t* ranks) const {
    constexpr std::size_t size = std::size_t{1} << depth;
    const std::uint32_t* tree = complete_.data();
    const Leaf* leaf = leaves<Leaf>().data();
    Leaf sum = static_cast<Leaf>(start_);
    for (std::size_t t = 0; t < trees_; t += kLanes, tree += kLanes * size, leaf += kLanes * size) {
        std::uint32_t at[kLanes];
        for (auto& a : at) a = 1;
#pragma GCC unroll 8
        for (int level = 0; level < depth; ++level) {
#pragma GCC unroll 8
            for (std::size_t k = 0; k < kLanes; ++k) {
                const std::uint32_t node = tree[k * size + at[k]];
                at[k] = 2 * at[k] + (ranks[node >> 16] > (node & 0xFFFFU) ? 1U : 0U);
            }
        }
        for (std::size_t k = 0; k < kLanes; ++k) sum += leaf[k * size + at[k] - size];
    }
    return sum;
}

template <class Leaf>
Leaf FlatForest::sum_linked(const std::uint16_t* ranks) const {
    const Node* const nodes = linked_.data();
    const Leaf* const leaf = leaves<Leaf>().data();
    Leaf sum = static_cast<Leaf>(start_);
    for (std::size_t t = 0; t < roots_.size(); t += kLanes) {
        std::uint32_t at[kLanes];
        for (std::size_t k = 0; k < kLanes; ++k) at[k] = roots_[t + k];
        std::uint32_t moved = 1;
        while (moved != 0) {
            moved = 0;
#pragma GCC unroll 8
            for (std::size_t k = 0; k < kLanes; ++k) {
                const Node node = nodes[at[k]];
                const std::uint32_t next = node.left + (ranks[node.rule] > node.rank ? 1U : 0U);
                moved |= next ^ at[k];
                at[k] = next;
            }
        }
        for (std::size_t k = 0; k < kLanes; ++k) sum += leaf[at[k]];
    }
    return sum;
}

template <class Leaf>
Leaf FlatForest::sum_row(const std::uint16_t* ranks) const {
    switch (depth_) {
        case 1:
            return sum_complete<Leaf, 1>(ranks);
        case 2:
            return sum_complete<Leaf, 2>(ranks);
        case 3:
            return sum_complete<Leaf, 3>(ranks);
        case 4:
            return sum_complete<Leaf, 4>(ranks);
        case 5:
            return sum_complete<Leaf, 5>(ranks);
        case 6:
            return sum_complete<Leaf, 6>(ranks);
        case 7:
            return sum_complete<Leaf, 7>(ranks);
        case 8:
            return sum_complete<Leaf, 8>(ranks);
        default:
            return sum_linked<Leaf>(ranks);
    }
}

double FlatForest::margin(std::span<const double> row) const {
    DCHECK(row.size() == columns_);
    std::uint16_t ranks[kRulesMax];
    rank_row(row.data(), ranks);
    return finish(single_ ? static_cast<double>(sum_row<float>(ranks)) : sum_row<double>(ranks));
}

void FlatForest::probabilities(MatrixView rows, std::span<double> out) const {
    CHECK(rows.columns == columns_ && out.size() == rows.rows);
    for (std::size_t i = 0; i < rows.rows; ++i) out[i] = probability(rows.row(i));
}

double FlatForest::link(double margin) const {
    if (link_ == Link::identity) return std::clamp(margin, 0.0, 1.0);
    if (link_ == Link::logistic) return 1.0 / (1.0 + std::exp(-sigmoid_ * margin));
    const auto x = static_cast<float>(margin);
    return 1.0F / (std::exp(std::min(-x, 88.7F)) + 1.0F + 1e-16F);
}

}  // namespace aitrading::models
