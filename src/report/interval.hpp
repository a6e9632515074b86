#pragma once

#include <cstdint>
#include <span>

namespace aitrading::report {

struct Interval {
    double low = 0, high = 0;
    bool contains(double value) const { return low <= value && value <= high; }
};

/// Two-sided 95 % point of the normal distribution.
inline constexpr double z95 = 1.959963984540054;

/// Wilson's 95 % interval of a share. Source: Wilson 1927. @pre n >= 1, 0 <= share <= 1
Interval wilson(double share, std::int64_t n);

/// Mean and 95 % half width of the mean, from one pass. Fewer than two values: half width NaN.
struct MeanOf {
    std::int64_t n = 0;
    double sum = 0, sum_of_squares = 0;
    void add(double value) {
        ++n;
        sum += value;
        sum_of_squares += value * value;
    }
    double mean() const;
    double half_width() const;
    /// Standard deviation, n - 1 in the denominator; NaN below two values.
    double deviation() const;
};

}  // namespace aitrading::report
