#include "models/boosting/forest_model.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace aitrading::models {
namespace {

constexpr int kDepthMax = 256;  // LightGBM's leaf-wise trees of 4,096 leaves stay far below

struct Visit {
    std::int32_t child;
    int depth;
};

std::string check_tree(const ForestTree& tree, std::size_t columns) {
    for (const double leaf : tree.leaves)
        if (!std::isfinite(leaf)) return "has a leaf value that is not finite";
    if (tree.leaves.size() != tree.splits.size() + 1) return "has not one leaf more than splits";
    if (!tree.cover.empty() && tree.cover.size() != tree.leaves.size()) return "has not one cover for each leaf";
    for (const double cover : tree.cover)
        if (!std::isfinite(cover) || cover < 0) return "has a leaf whose cover is negative or not finite";
    if (tree.splits.empty()) return {};
    for (std::size_t i = 0; i < tree.splits.size(); ++i) {
        if (tree.splits[i].column >= columns)
            return fmt::format("split {} asks for a column that is not there", i);
        if (std::isnan(tree.splits[i].threshold)) return fmt::format("split {} has a threshold NaN", i);
    }
    std::vector<bool> split_seen(tree.splits.size()), leaf_seen(tree.leaves.size());
    std::vector<Visit> open{{0, 0}};
    while (!open.empty()) {
        const auto [child, depth] = open.back();
        open.pop_back();
        const bool leaf = child < 0;
        const auto index = static_cast<std::size_t>(leaf ? ~child : child);
        auto& seen = leaf ? leaf_seen : split_seen;
        if (index >= seen.size()) return fmt::format("has a child {} that does not exist", child);
        if (seen[index]) return fmt::format("reaches child {} twice", child);
        seen[index] = true;
        if (depth > kDepthMax) return fmt::format("is deeper than {}", kDepthMax);
        if (leaf) continue;
        open.push_back({tree.splits[index].left, depth + 1});
        open.push_back({tree.splits[index].right, depth + 1});
    }
    // As many leaves as splits + 1 and none reached twice: what is not reached hangs in a ring of its own.
    for (const bool seen : split_seen)
        if (!seen) return "has splits that the root does not reach";
    return {};
}

}  // namespace

Result<void> check_forest(const ForestModel& model) {
    if (model.columns == 0) return fail(ErrorCode::bad_input, "tree model: it has no columns");
    if (!std::isfinite(model.start))
        return fail(ErrorCode::bad_input, "tree model: its base score is not finite");
    for (std::size_t t = 0; t < model.trees.size(); ++t)
        if (const auto why = check_tree(model.trees[t], model.columns); !why.empty())
            return fail(ErrorCode::bad_input, fmt::format("tree model: tree {} {}", t, why));
    return {};
}

std::vector<double> gain_shares(const ForestModel& model) {
    std::vector<double> share(model.columns, 0.0);
    for (const auto& tree : model.trees)
        for (const auto& split : tree.splits) share[split.column] += std::max(split.gain, 0.0);
    const double total = std::accumulate(share.begin(), share.end(), 0.0);
    if (total > 0)
        for (double& s : share) s /= total;
    return share;
}

}  // namespace aitrading::models
