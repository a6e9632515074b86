#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"
#include "models/boosting/forest_model.hpp"

namespace aitrading::models {

/// A forest laid out for prediction; immutable, safe to share between threads.
///
/// Every threshold of a column is replaced by its rank among that column's thresholds, and a row is first
/// translated into ranks by binary search. Then a split is one comparison of two 16-bit whole numbers,
/// whatever the value was: NaN, zeros and infinities get their rank by rule ("missing" has a rank of its own
/// below or above all others), so that no bit pattern of a double is set apart. Trees up to depth 8 lie as
/// complete binary trees without pointers; deeper ones as nodes with a child number. Margins are summed in
/// the order and the precision of the library that made the trees.
class FlatForest {
  public:
    /// @errors bad_input (see check_forest; also more than 65,534 thresholds of a column or 4,096 column
    /// rules)
    static Result<FlatForest> build(const ForestModel& model);

    std::size_t columns() const { return columns_; }
    std::size_t trees() const { return trees_; }

    /// Sum (or mean) of the trees before the link. @pre row.size() == columns() @complexity O(trees x depth),
    /// no allocation
    double margin(std::span<const double> row) const;
    /// Probability of label 1. Same preconditions and cost.
    double probability(std::span<const double> row) const { return link(margin(row)); }
    /// Probabilities of many rows, bit for bit those of `probability`: blocks of rows go through a few trees at a time, which
    /// then stay in the first cache. @pre out.size() == rows.rows
    void probabilities(MatrixView rows, std::span<double> out) const;
    /// The library's own mapping of a margin to a probability.
    double link(double margin) const;

  private:
    static constexpr std::size_t kRulesMax = 4096;  ///< ranks of one row stand on the stack: 8 KiB
    static constexpr std::size_t kLanes = 8;  ///< trees walked side by side to hide the latency of loads
    static constexpr std::size_t kBlock = 64;  ///< rows that go through the same trees

    /// Thresholds of a column that is asked for, ascending, padded with NaN to a power of two minus one.
    struct Column {
        std::uint32_t index = 0;  ///< in the row
        std::uint32_t first = 0;  ///< in thresholds_
        std::uint32_t half = 0;   ///< (padded length + 1) / 2
        std::uint32_t rules = 0;  ///< end of its rules in rules_
    };
    /// The rank that a column's value takes for splits of one missing kind and default side.
    struct Rule {
        std::uint16_t nan_rank = 0, zero_rank = 0;
    };
    struct Node {
        std::uint16_t rule = 0, rank = 0;  ///< right where ranks[rule] > rank
        std::uint32_t left = 0;            ///< right child is left + 1; a leaf is its own left child
    };
    struct Layout;

    template <bool strict>
    void rank(const double* row, std::uint16_t* ranks) const;
    void rank_row(const double* row, std::uint16_t* ranks) const;
    template <class Leaf>
    const std::vector<Leaf>& leaves() const;
    template <class Leaf>
    Leaf sum_row(const std::uint16_t* ranks) const;
    template <class Leaf, int depth>
    Leaf sum_complete(const std::uint16_t* ranks) const;
    template <class Leaf>
    Leaf sum_linked(const std::uint16_t* ranks) const;
    template <class Leaf, int depth>
    void add_complete(std::size_t tree, const std::uint16_t* ranks, Leaf& sum) const;
    template <class Leaf>
    void add_linked(std::size_t tree, const std::uint16_t* ranks, Leaf& sum) const;
    template <class Leaf>
    void sum_block(std::size_t rows, const std::uint16_t* ranks, std::size_t stride, Leaf* sums) const;
    template <class Leaf, class Add>
    void sum_block_by(std::size_t rows, const std::uint16_t* ranks, std::size_t stride, Leaf* sums, Add add) const;
    template <class Leaf>
    void block(MatrixView rows, std::uint16_t* ranks, double* out) const;
    double finish(double sum) const { return average_ ? sum / static_cast<double>(trees_) : sum; }

    std::size_t columns_ = 0, trees_ = 0;
    bool strict_ = false, single_ = false, average_ = false;
    Link link_ = Link::logistic;
    double zero_band_ = -1, start_ = 0, sigmoid_ = 1;

    std::vector<Column> used_;
    std::vector<Rule> rules_;
    std::vector<double> thresholds_;

    int depth_ = 0;                        ///< of complete trees; 0 when linked
    std::vector<std::uint32_t> complete_;  ///< [trees x 2^depth] rule << 16 | rank, heap order from 1
    std::vector<Node> linked_;
    std::vector<std::uint32_t> roots_;
    std::vector<float> leaves_single_;  ///< complete: [trees x 2^depth]; linked: one a node
    std::vector<double> leaves_double_;
};

}  // namespace aitrading::models
