#include "models/boosting/tree_shap.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/check.hpp"
#include "base/quadrature.hpp"

namespace aitrading::models {
namespace {

/// A leaf without cover still has a share: nothing divides by zero, and what it is worth vanishes.
constexpr double least_share = 1e-12;
constexpr double least_probability = 1e-9;  ///< where logarithms of the odds end, as in the stack

/// Number of the leaf that a negative child stands for.
std::size_t leaf_of(std::int32_t child) {
    const std::int32_t leaf = ~child;
    return static_cast<std::size_t>(leaf);
}

}  // namespace

/// Lays the trees out, and learns what they say on average and how many distinct columns a path has.
struct TreeShap::Builder {
    TreeShap& shap;
    const ForestTree& tree;
    std::size_t distinct_max = 0;
    std::vector<std::uint32_t> path = {};

    double cover_of(std::int32_t child) const {
        if (child < 0) return tree.cover.empty() ? 1.0 : tree.cover[leaf_of(child)];
        const ForestSplit& split = tree.splits[static_cast<std::size_t>(child)];
        return cover_of(split.left) + cover_of(split.right);
    }
    /// @param share of the cover that comes here   @return number of the node
    std::int32_t add(std::int32_t child, double share, std::size_t distinct, double& mean) {
        const auto number = static_cast<std::int32_t>(shap.nodes_.size());
        shap.nodes_.emplace_back();
        shap.depth_ = std::max(shap.depth_, path.size());
        Node node;
        if (child < 0) {
            node.value = tree.leaves[leaf_of(child)];
            mean += share * node.value;
            distinct_max = std::max(distinct_max, distinct);
            shap.nodes_.back() = node;
            return number;
        }
        const ForestSplit& split = tree.splits[static_cast<std::size_t>(child)];
        node.threshold = split.threshold;
        node.column = split.column;
        node.missing = split.missing;
        node.default_left = split.default_left;
        for (std::size_t d = 0; d < path.size(); ++d)
            if (path[d] == split.column) node.above = static_cast<std::int32_t>(d);
        const double left = cover_of(split.left), right = cover_of(split.right);
        node.left_share = left + right > 0 ? std::clamp(left / (left + right), least_share, 1 - least_share) : 0.5;
        path.push_back(split.column);
        const std::size_t below = distinct + (node.above < 0 ? 1 : 0);
        node.left = add(split.left, share * node.left_share, below, mean);
        node.right = add(split.right, share * (1 - node.left_share), below, mean);
        path.pop_back();
        shap.nodes_[static_cast<std::size_t>(number)] = node;
        return number;
    }
};

TreeShap::TreeShap(const ForestModel& model)
    : columns_(model.columns), strict_(model.strict), single_(model.single), zero_band_(model.zero_band), base_(model.start), sigmoid_(model.sigmoid), link_(model.link) {
    if (model.average && !model.trees.empty()) scale_ = 1.0 / static_cast<double>(model.trees.size());
    std::size_t distinct = 0;
    double mean = 0;
    for (const ForestTree& tree : model.trees) {
        if (tree.cover.empty() && !tree.splits.empty()) available_ = false;
        Builder builder{*this, tree};
        roots_.push_back(builder.add(tree.splits.empty() ? ~0 : 0, 1.0, 0, mean));
        distinct = std::max(distinct, builder.distinct_max);
    }
    base_ += scale_ * mean;
    for (points_ = 2; 2 * points_ < distinct; points_ *= 2) {
    }
    Quadrature rule = gauss_legendre(points_);
    at_ = std::move(rule.at);
    weight_ = std::move(rule.weight);
}

bool TreeShap::goes_left(const Node& node, double x) const {
    if (single_) x = static_cast<double>(static_cast<float>(x));
    const bool zero = std::fabs(x) <= zero_band_;
    if (std::isnan(x)) {
        if (node.missing != Missing::never) return node.default_left;
        x = 0;
    } else if (zero) {
        if (node.missing == Missing::zero) return node.default_left;
        x = 0;
    }
    return strict_ ? x < node.threshold : x <= node.threshold;
}

/// One row's way through the trees. `product` holds prod_j (z_j (1 - t) + o_j t) at each point t.
template <std::size_t points>
struct TreeShap::Walk {
    using Vector = std::array<double, points>;
    /// What the splits of one column on the way here come to. Where the row has left the way (o = 0) its factor is
    /// z (1 - t), whose part in the integral, -z / (z (1 - t)), no longer depends on the splits: nothing more is kept.
    struct Step {
        double share = 1;    ///< z
        bool taken = true;   ///< o
        Vector inverse = {}; ///< of z (1 - t) + t, where taken
    };
    const TreeShap& shap;
    std::span<const double> row;
    std::span<double> out;
    Vector at, rest, rest_inverse;  ///< t, 1 - t, 1 / (1 - t)
    std::vector<Step> steps;

    Walk(const TreeShap& s, std::span<const double> r, std::span<double> o) : shap(s), row(r), out(o), steps(s.depth_ + 1) {
        for (std::size_t q = 0; q < points; ++q) {
            at[q] = s.at_[q];
            rest[q] = 1 - at[q];
            rest_inverse[q] = 1 / rest[q];
        }
    }

    /// Sum of products, by halves: a chain of additions would wait for each of them.
    static double dot(const Vector& a, const Vector& b) {
        Vector product;
        for (std::size_t q = 0; q < points; ++q) product[q] = a[q] * b[q];
        for (std::size_t half = points / 2; half > 0; half /= 2)
            for (std::size_t q = 0; q < half; ++q) product[q] += product[q + half];
        return product[0];
    }

    /// Adds to `sum` what the leaves below say at each point, and to `out` what their columns are worth.
    void visit(std::int32_t number, std::size_t depth, const Vector& product, Vector& sum) {
        const Node& node = shap.nodes_[static_cast<std::size_t>(number)];
        if (node.left < 0) {
            for (std::size_t q = 0; q < points; ++q) sum[q] += node.value * product[q];
            return;
        }
        const bool left = shap.goes_left(node, row[node.column]);
        branch(node, node.left, node.left_share, left, depth, product, sum);
        branch(node, node.right, 1 - node.left_share, !left, depth, product, sum);
    }

    void branch(const Node& node, std::int32_t child, double share, bool taken, std::size_t depth, const Vector& product, Vector& sum) {
        const Step* above = node.above < 0 ? nullptr : &steps[static_cast<std::size_t>(node.above)];
        Step& own = steps[depth];
        own.share = above == nullptr ? share : above->share * share;
        own.taken = taken && (above == nullptr || above->taken);
        Vector below, leaves{};
        if (above != nullptr && !above->taken) {  // the column's part stays what it was
            for (std::size_t q = 0; q < points; ++q) below[q] = product[q] * share;
            visit(child, depth + 1, below, leaves);
            for (std::size_t q = 0; q < points; ++q) sum[q] += leaves[q];
            return;
        }
        for (std::size_t q = 0; q < points; ++q) below[q] = own.share * rest[q] + (own.taken ? at[q] : 0.0);
        if (own.taken)
            for (std::size_t q = 0; q < points; ++q) own.inverse[q] = 1 / below[q];
        for (std::size_t q = 0; q < points; ++q) below[q] *= product[q];
        if (above != nullptr)
            for (std::size_t q = 0; q < points; ++q) below[q] *= above->inverse[q];
        visit(child, depth + 1, below, leaves);
        double worth = own.taken ? (1 - own.share) * dot(leaves, own.inverse) : -dot(leaves, rest_inverse);
        // A leaf counts a column once, at the deepest of its splits: what the split above adds for it is taken back here.
        if (above != nullptr) worth -= (1 - above->share) * dot(leaves, above->inverse);
        out[node.column] += worth;
        for (std::size_t q = 0; q < points; ++q) sum[q] += leaves[q];
    }
};

template <std::size_t points>
void TreeShap::walk_all(std::span<const double> row, std::span<double> out) const {
    Walk<points> walk(*this, row, out);
    typename Walk<points>::Vector weight;
    std::ranges::copy(weight_, weight.begin());
    for (const std::int32_t root : roots_) {
        typename Walk<points>::Vector sum{};
        walk.visit(root, 0, weight, sum);
    }
}

void TreeShap::contributions(std::span<const double> row, std::span<double> out) const {
    CHECK(available_ && row.size() == columns_ && out.size() == columns_);
    std::ranges::fill(out, 0.0);
    switch (points_) {
        case 2: walk_all<2>(row, out); break;
        case 4: walk_all<4>(row, out); break;
        case 8: walk_all<8>(row, out); break;
        case 16: walk_all<16>(row, out); break;
        case 32: walk_all<32>(row, out); break;
        case 64: walk_all<64>(row, out); break;
        case 128: walk_all<128>(row, out); break;
        default: CHECK(false);  // check_forest lets no tree be deeper than 256
    }
    for (double& c : out) c *= scale_;
}

double TreeShap::logit(double margin) const {
    if (link_ != Link::identity) return sigmoid_ * margin;
    const double p = std::clamp(margin, least_probability, 1 - least_probability);
    return std::log(p / (1 - p));
}

double TreeShap::logit_slope(double margin) const {
    if (link_ != Link::identity) return sigmoid_;
    const double move = margin - base_;
    if (std::abs(move) > 1e-6) return (logit(margin) - logit(base_)) / move;
    const double p = std::clamp(base_, least_probability, 1 - least_probability);
    return 1 / (p * (1 - p));
}

}  // namespace aitrading::models
