#include "models/evaluation/ordered_bag.hpp"

#include "base/check.hpp"

namespace aitrading::models {

void OrderedBag::measure(Index node) {
    nodes_[node].size = 1 + nodes_[nodes_[node].left].size + nodes_[nodes_[node].right].size;
}

void OrderedBag::split(Index node, double key, bool equals, Index& left, Index& right) {
    if (node == 0) {
        left = right = 0;
        return;
    }
    const double own = nodes_[node].key;
    Index inner = 0;
    if (own < key || (equals && own == key)) {
        split(nodes_[node].right, key, equals, inner, right);
        nodes_[node].right = inner;
        left = node;
    } else {
        split(nodes_[node].left, key, equals, left, inner);
        nodes_[node].left = inner;
        right = node;
    }
    measure(node);
}

OrderedBag::Index OrderedBag::merge(Index left, Index right) {
    if (left == 0) return right;
    if (right == 0) return left;
    const bool upper = nodes_[left].priority > nodes_[right].priority;
    if (upper) {
        const Index below = merge(nodes_[left].right, right);
        nodes_[left].right = below;
    } else {
        const Index below = merge(left, nodes_[right].left);
        nodes_[right].left = below;
    }
    const Index root = upper ? left : right;
    measure(root);
    return root;
}

void OrderedBag::insert(double key) {
    DCHECK(key == key);
    auto node = static_cast<Index>(nodes_.size());
    if (free_.empty()) {
        nodes_.emplace_back();
        free_.reserve(nodes_.capacity());
    } else {
        node = free_.back();
        free_.pop_back();
    }
    nodes_[node] = {key, static_cast<std::uint32_t>(random_.next() >> 32), 0, 0, 1};
    Index below = 0, above = 0;
    split(root_, key, false, below, above);
    root_ = merge(merge(below, node), above);
}

void OrderedBag::erase(double key) {
    Index below = 0, rest = 0, equal = 0, above = 0;
    split(root_, key, false, below, rest);
    split(rest, key, true, equal, above);
    CHECK(equal != 0);
    free_.push_back(equal);
    root_ = merge(merge(below, merge(nodes_[equal].left, nodes_[equal].right)), above);
}

double OrderedBag::kth(std::size_t k) const {
    CHECK(k < size());
    Index node = root_;
    while (true) {
        const std::size_t left = nodes_[nodes_[node].left].size;
        if (k == left) return nodes_[node].key;
        if (k < left) {
            node = nodes_[node].left;
        } else {
            k -= left + 1;
            node = nodes_[node].right;
        }
    }
}

double OrderedBag::median() const {
    const double upper = kth(size() / 2);
    return size() % 2 == 1 ? upper : 0.5 * (kth(size() / 2 - 1) + upper);
}

}  // namespace aitrading::models
