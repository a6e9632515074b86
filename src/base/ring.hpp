#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "base/check.hpp"

namespace aitrading {

/// A queue in one block of memory: it allocates nothing while it holds no more than was reserved, or has been held before.
/// T is default-constructible; a slot that was left keeps its value until it is taken again.
template <class T>
class Ring {
  public:
    std::size_t size() const { return count_; }
    bool empty() const { return count_ == 0; }
    std::size_t capacity() const { return slots_.size(); }

    /// Room for so many. O(size)
    void reserve(std::size_t count) {
        if (count <= slots_.size()) return;
        std::vector<T> wider(count);
        for (std::size_t i = 0; i < count_; ++i) wider[i] = std::move((*this)[i]);
        slots_ = std::move(wider);
        first_ = 0;
    }
    /// O(1) amortised.
    void push_back(const T& value) {
        if (count_ == slots_.size()) {
            const T kept = value;  // it may lie in the slots that move
            reserve(count_ < 4 ? 8 : 2 * count_);
            slots_[count_++] = kept;
            return;
        }
        slots_[place(count_++)] = value;
    }
    /// @pre not empty
    void pop_front() {
        DCHECK(count_ > 0);
        first_ = first_ + 1 == slots_.size() ? 0 : first_ + 1;
        --count_;
    }
    void clear() { first_ = count_ = 0; }

    /// The i-th from the front. @pre i < size()
    T& operator[](std::size_t i) { return slots_[place(i)]; }
    const T& operator[](std::size_t i) const { return slots_[place(i)]; }
    T& front() { return slots_[first_]; }
    const T& front() const { return slots_[first_]; }
    T& back() { return slots_[place(count_ - 1)]; }
    const T& back() const { return slots_[place(count_ - 1)]; }

  private:
    std::size_t place(std::size_t i) const {
        const std::size_t at = first_ + i;
        return at < slots_.size() ? at : at - slots_.size();
    }
    std::vector<T> slots_;
    std::size_t first_ = 0, count_ = 0;
};

}  // namespace aitrading
