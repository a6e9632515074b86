#pragma once

#include <cmath>
#include <vector>

#include "insight/features/windows.hpp"

namespace aitrading::insight {

/// Mean of n values and their mean absolute distance from it.
class MeanDeviation {
  public:
    explicit MeanDeviation(int n)
        : window_(n), values_(static_cast<std::size_t>(n)), scale_(1.0 / n) {}
    /// False until n values are known.
    bool update(double x) {
        window_.update(x);
        values_[at_] = x;
        if (++at_ == values_.size()) at_ = 0;
        return window_.complete();
    }
    /// x less the mean, with the digits that a high level would cost.
    double distance(double x) const { return (x - window_.pivot()) - window_.sum() * scale_; }
    double value() const {
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

  private:
    RollingMoments<false, false> window_;
    std::vector<double> values_;
    std::size_t at_ = 0;
    double scale_;
};

}  // namespace aitrading::insight
