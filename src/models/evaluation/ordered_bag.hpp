#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.hpp"

namespace aitrading::models {

/// A bag of numbers that tells the k-th smallest. A treap: its shape depends on the order of calls only. Nothing is allocated
/// while it holds no more than it has held before.
class OrderedBag {
  public:
    OrderedBag() : nodes_(1), random_(1) {}
    std::size_t size() const { return nodes_[root_].size; }
    /// @pre not NaN   @complexity O(log n) expected
    void insert(double key);
    /// Removes one of the numbers that equal `key`. @pre one is there
    void erase(double key);
    /// @pre k < size()
    double kth(std::size_t k) const;
    /// Mean of the two middle ones where the count is even. @pre size() > 0
    double median() const;

  private:
    using Index = std::uint32_t;
    struct Node {
        double key = 0;
        std::uint32_t priority = 0;
        Index left = 0, right = 0;
        std::uint32_t size = 0;  ///< of the subtree; 0 for the empty one, node 0
    };
    void measure(Index node);
    /// Keys < key to the left, or <= key where `equals`.
    void split(Index node, double key, bool equals, Index& left, Index& right);
    Index merge(Index left, Index right);

    std::vector<Node> nodes_;
    std::vector<Index> free_;
    SplitMix64 random_;
    Index root_ = 0;
};

}  // namespace aitrading::models
