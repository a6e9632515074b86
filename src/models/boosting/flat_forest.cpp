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

/// The leaves of kLanes complete trees from `tree` on, added in their order.
template <class Leaf, int depth>
inline void FlatForest::add_complete(std::size_t tree, const std::uint16_t* ranks, Leaf& sum) const {
    constexpr std::size_t size = std::size_t{1} << depth;
    const std::uint32_t* const nodes = complete_.data() + tree * size;
    const Leaf* const leaf = leaves<Leaf>().data() + tree * size;
    std::uint32_t at[kLanes];
    for (auto& a : at) a = 1;
#pragma GCC unroll 8
    for (int level = 0; level < depth; ++level) {
#pragma GCC unroll 8
        for (std::size_t k = 0; k < kLanes; ++k) {
            const std::uint32_t node = nodes[k * size + at[k]];
            at[k] = 2 * at[k] + (ranks[node >> 16] > (node & 0xFFFFU) ? 1U : 0U);
        }
    }
    for (std::size_t k = 0; k < kLanes; ++k) sum += leaf[k * size + at[k] - size];
}

template <class Leaf, int depth>
Leaf FlatForest::sum_complete(const std::uint16_t* ranks) const {
    Leaf sum = static_cast<Leaf>(start_);
    for (std::size_t t = 0; t < trees_; t += kLanes) add_complete<Leaf, depth>(t, ranks, sum);
    return sum;
}

/// The same of linked trees.
template <class Leaf>
inline void FlatForest::add_linked(std::size_t tree, const std::uint16_t* ranks, Leaf& sum) const {
    const Node* const nodes = linked_.data();
    const Leaf* const leaf = leaves<Leaf>().data();
    std::uint32_t at[kLanes];
    for (std::size_t k = 0; k < kLanes; ++k) at[k] = roots_[tree + k];
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

template <class Leaf>
Leaf FlatForest::sum_linked(const std::uint16_t* ranks) const {
    Leaf sum = static_cast<Leaf>(start_);
    for (std::size_t t = 0; t < roots_.size(); t += kLanes) add_linked<Leaf>(t, ranks, sum);
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

template <class Leaf, class Add>
void FlatForest::sum_block_by(std::size_t rows, const std::uint16_t* ranks, std::size_t stride, Leaf* sums, Add add) const {
    const std::size_t trees = depth_ > 0 ? trees_ : roots_.size();
    for (std::size_t t = 0; t < trees; t += kLanes)
        for (std::size_t i = 0; i < rows; ++i) add(t, ranks + i * stride, sums[i]);
}

template <class Leaf>
void FlatForest::sum_block(std::size_t rows, const std::uint16_t* ranks, std::size_t stride, Leaf* sums) const {
    const auto complete = [&]<int depth>() {
        sum_block_by(rows, ranks, stride, sums, [this](std::size_t t, const std::uint16_t* r, Leaf& sum) { add_complete<Leaf, depth>(t, r, sum); });
    };
    switch (depth_) {
        case 1: return complete.template operator()<1>();
        case 2: return complete.template operator()<2>();
        case 3: return complete.template operator()<3>();
        case 4: return complete.template operator()<4>();
        case 5: return complete.template operator()<5>();
        case 6: return complete.template operator()<6>();
        case 7: return complete.template operator()<7>();
        case 8: return complete.template operator()<8>();
        default:
            sum_block_by(rows, ranks, stride, sums, [this](std::size_t t, const std::uint16_t* r, Leaf& sum) { add_linked<Leaf>(t, r, sum); });
    }
}

template <class Leaf>
void FlatForest::block(MatrixView rows, std::uint16_t* ranks, double* out) const {
    const std::size_t stride = std::max<std::size_t>(rules_.size(), 1);
    Leaf sums[kBlock];
    for (std::size_t i = 0; i < rows.rows; ++i) {
        rank_row(rows.row(i).data(), ranks + i * stride);
        sums[i] = static_cast<Leaf>(start_);
    }
    sum_block<Leaf>(rows.rows, ranks, stride, sums);
    for (std::size_t i = 0; i < rows.rows; ++i) out[i] = link(finish(static_cast<double>(sums[i])));
}

void FlatForest::probabilities(MatrixView rows, std::span<double> out) const {
    CHECK(rows.columns == columns_ && out.size() == rows.rows);
    std::vector<std::uint16_t> ranks(kBlock * std::max<std::size_t>(rules_.size(), 1));
    for (std::size_t from = 0; from < rows.rows; from += kBlock) {
        const MatrixView part = rows.slice(from, std::min(from + kBlock, rows.rows));
        single_ ? block<float>(part, ranks.data(), out.data() + from) : block<double>(part, ranks.data(), out.data() + from);
    }
}

double FlatForest::link(double margin) const {
    if (link_ == Link::identity) return std::clamp(margin, 0.0, 1.0);
    if (link_ == Link::logistic) return 1.0 / (1.0 + std::exp(-sigmoid_ * margin));
    const auto x = static_cast<float>(margin);
    return 1.0F / (std::exp(std::min(-x, 88.7F)) + 1.0F + 1e-16F);
}

}  // namespace aitrading::models
