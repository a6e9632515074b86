#pragma once

#include <cmath>
#include <vector>

#include "insight/features/sorted_sums.hpp"
#include "insight/features/windows.hpp"

namespace aitrading::insight {

/// Mean of n values and their mean absolute distance from it. Short windows are looked through, which is fastest;
/// from 256 values on they are kept sorted with their sums: O(log n) amortised.
class MeanDeviation {
  public:
    explicit MeanDeviation(int n)
        : window_(n), values_(static_cast<std::size_t>(n)), sorts_(n >= sorted_from), scale_(1.0 / n) {}
    /// False until n values are known.
    bool update(double x) {
        const double oldest = values_[at_];
        const bool full = window_.complete();
        const double pivot = window_.pivot();
        window_.update(x);
        values_[at_] = x;
        if (++at_ == values_.size()) at_ = 0;
        if (sorts_) sort(x, oldest, full, pivot);
        return window_.complete();
    }
    /// x less the mean, with the digits that a high level would cost.
    double distance(double x) const { return (x - window_.pivot()) - window_.sum() * scale_; }
    double value() const { return sorts_ ? from_sorted() : from_all(); }

  private:
    static constexpr int sorted_from = 256;

    void sort(double x, double oldest, bool full, double pivot) {
        if (window_.pivot() == pivot && filled_) {
            if (full) sorted_.erase(oldest - pivot);
            sorted_.insert(x - pivot);
            return;
        }
        // The window has moved its origin, as it does every n values.
        filled_ = true;
        sorted_.clear();
        const std::size_t count = window_.complete() ? values_.size() : at_;
        for (std::size_t i = 0; i < count; ++i) sorted_.insert(values_[i] - window_.pivot());
    }
    double from_sorted() const {
        const double centre = window_.sum() * scale_;
        const auto below = sorted_.below(centre), all = sorted_.all();
        const double above = (all.sum - below.sum) - (all.count - below.count) * centre;
        return (above + (below.count * centre - below.sum)) * scale_;
    }
    double from_all() const {
        const double pivot = window_.pivot(), centre = window_.sum() * scale_;
        double a = 0, b = 0;
        std::size_t i = 0;
        for (; i + 1 < values_.size(); i += 2) {
            a += std::fabs((values_[i] - pivot) - centre);
            b += std::fabs((values_[i + 1] - pivot) - centre);
        }
        if (i < values_.size()) a += std::fabs((values_[i] - pivot) - centre);
        return (a + b) * scale_;
    }

    RollingMoments<false, false> window_;
    std::vector<double> values_;
    std::size_t at_ = 0;
    bool sorts_, filled_ = false;
    SortedSums sorted_;
    double scale_;
};

}  // namespace aitrading::insight
