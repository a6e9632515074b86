#include "models/boosting/flat_forest.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

double read(double x, bool single) {
    return single ? static_cast<double>(static_cast<float>(x)) : x;
}

}  // namespace

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
