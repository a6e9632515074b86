#pragma once

#include <cstdint>
#include <vector>

#include "base/random.hpp"

namespace aitrading::insight {

/// A bag of numbers that tells how many lie below a bound and what they sum to. Insert, erase and ask in O(log n)
/// expected; sums are added up from below, never subtracted. A treap: its shape depends on the order of calls only.
class SortedSums {
  public:
    SortedSums() : nodes_(1), random_(1) {}

    void clear() {
        nodes_.resize(1);
        free_.clear();
        root_ = 0;
    }
    void insert(double key) {
        Index node = static_cast<Index>(nodes_.size());
        if (free_.empty()) {
            nodes_.emplace_back();
        } else {
            node = free_.back();
            free_.pop_back();
        }
        nodes_[node] = {key, key, static_cast<std::uint32_t>(random_.next() >> 32), 0, 0, 1};
        Index below, rest;
        split(root_, key, below, rest);
        root_ = merge(merge(below, node), rest);
    }
    /// @pre key is in the bag
    void erase(double key) {
        Index below, rest;
        split(root_, key, below, rest);
        root_ = merge(below, without_first(rest));
    }

    struct Part {
        double count = 0, sum = 0;
    };
    /// The numbers that are < bound.
    Part below(double bound) const {
        Part part;
        for (Index at = root_; at != 0;) {
            const Node& node = nodes_[at];
            if (!(node.key < bound)) {
                at = node.left;
                continue;
            }
            part.count += nodes_[node.left].count + 1;
            part.sum += nodes_[node.left].sum + node.key;
            at = node.right;
        }
        return part;
    }
    Part all() const { return {static_cast<double>(nodes_[root_].count), nodes_[root_].sum}; }

  private:
    using Index = std::uint32_t;  // 0 is the empty tree
    struct Node {
        double key = 0, sum = 0;
        std::uint32_t priority = 0;
        Index left = 0, right = 0;
        std::uint32_t count = 0;
    };

    Index renewed(Index at) {
        Node& node = nodes_[at];
        node.sum = nodes_[node.left].sum + node.key + nodes_[node.right].sum;
        node.count = nodes_[node.left].count + 1 + nodes_[node.right].count;
        return at;
    }
    void split(Index at, double key, Index& below, Index& rest) {
        if (at == 0) {
            below = rest = 0;
            return;
        }
        Index half;
        if (nodes_[at].key < key) {
            split(nodes_[at].right, key, half, rest);
            nodes_[at].right = half;
            below = renewed(at);
        } else {
            split(nodes_[at].left, key, below, half);
            nodes_[at].left = half;
            rest = renewed(at);
        }
    }
    Index merge(Index a, Index b) {
        if (a == 0 || b == 0) return a + b;
        if (nodes_[a].priority > nodes_[b].priority) {
            nodes_[a].right = merge(nodes_[a].right, b);
            return renewed(a);
        }
        nodes_[b].left = merge(a, nodes_[b].left);
        return renewed(b);
    }
    Index without_first(Index at) {
        if (at == 0) return 0;
        if (nodes_[at].left == 0) {
            free_.push_back(at);
            return nodes_[at].right;
        }
        nodes_[at].left = without_first(nodes_[at].left);
        return renewed(at);
    }

    std::vector<Node> nodes_;
    std::vector<Index> free_;
    Index root_ = 0;
    SplitMix64 random_;
};

}  // namespace aitrading::insight
