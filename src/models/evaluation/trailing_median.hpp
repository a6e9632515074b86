#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"

namespace aitrading::models {

/// Median of a changing multiset whose members come from values known beforehand: a Fenwick tree over their
/// ranks. Ranks only order the values, so what was not added yet has no effect on the answer.
class RankedMedian {
  public:
    explicit RankedMedian(std::span<const double> universe);
    /// Adds or removes universe[i]. O(log n)
    void add(std::size_t i) { change(i, 1); }
    void remove(std::size_t i) { change(i, -1); }
    std::size_t size() const { return size_; }
    /// Mean of the two middle members where the count is even. @pre size() > 0   @complexity O(log n)
    double median() const;

  private:
    void change(std::size_t i, int by);
    double kth(std::size_t k) const;
    std::vector<double> sorted_;
    std::vector<std::uint32_t> rank_;
    std::vector<std::int32_t> tree_;
    std::size_t size_ = 0, top_ = 1;
};

/// At each row the median of the finite values[s], s <= row, whose row opens less than `days` days before;
/// NaN where fewer than `minimum` are there. @complexity O(n log n)
std::vector<double> trailing_median(std::span<const double> values, std::span<const UnixNanos> time,
                                    std::int64_t days, std::size_t minimum);

}  // namespace aitrading::models
