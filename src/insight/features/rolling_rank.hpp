#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.hpp"

namespace aitrading::insight {

/// Median and rank of the last `period` values, counted in bins of 1/128 between -20 and 12 (values beyond count as the
/// edge): a median is right to half a bin. O(log bins) a value, 2 bytes of memory each.
class RollingRank {
  public:
    /// @pre period >= 1
    explicit RollingRank(std::size_t period) : ring_(period), counts_(bins + 1) { CHECK(period >= 1); }

    void update(double x) {
        if (count_ == ring_.size())
            add(ring_[at_], -1);
        else
            ++count_;
        last_ = bin(x);
        ring_[at_] = static_cast<std::uint16_t>(last_);
        add(last_, 1);
        if (++at_ == ring_.size()) at_ = 0;
    }
    std::size_t count() const { return count_; }

    /// Middle of the bin that holds the lower median. @pre count() >= 1
    double median() const {
        std::int64_t left = static_cast<std::int64_t>((count_ + 1) / 2);
        std::size_t below = 0;
        for (std::size_t step = bins; step > 0; step /= 2) {
            if (below + step > bins || counts_[below + step] >= left) continue;
            below += step;
            left -= counts_[below];
        }
        return lowest + (static_cast<double>(below) + 0.5) / per_unit;
    }

    /// Share of the values below the newest one, its equals counting half. @pre count() >= 1
    double rank() const {
        const auto below = static_cast<double>(up_to(last_)), upto = static_cast<double>(up_to(last_ + 1));
        return (below + upto) / (2 * static_cast<double>(count_));
    }

  private:
    static constexpr std::size_t bins = 4096;
    static constexpr double lowest = -20, per_unit = 128;

    static std::size_t bin(double x) {
        const double at = (x - lowest) * per_unit;
        if (!(at > 0)) return 0;
        return at < bins ? static_cast<std::size_t>(at) : bins - 1;
    }
    // Fenwick tree: counts_[i] holds the bins (i - lowest bit of i, i], counted from 1.
    void add(std::size_t index, std::int32_t change) {
        for (std::size_t i = index + 1; i <= bins; i += i & (~i + 1)) counts_[i] += change;
    }
    std::int64_t up_to(std::size_t index) const {
        std::int64_t sum = 0;
        for (std::size_t i = index; i > 0; i &= i - 1) sum += counts_[i];
        return sum;
    }
    std::vector<std::uint16_t> ring_;
    std::vector<std::int32_t> counts_;
    std::size_t at_ = 0, count_ = 0, last_ = 0;
};

}  // namespace aitrading::insight
