#include "report/interval.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aitrading::report {

Interval wilson(double share, std::int64_t n) {
    const double count = static_cast<double>(n);
    const double z2 = z95 * z95;
    const double centre = (share + z2 / (2 * count)) / (1 + z2 / count);
    const double half = z95 / (1 + z2 / count) * std::sqrt(share * (1 - share) / count + z2 / (4 * count * count));
    return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

double MeanOf::mean() const {
    return n > 0 ? sum / static_cast<double>(n) : std::numeric_limits<double>::quiet_NaN();
}

double MeanOf::deviation() const {
    if (n < 2) return std::numeric_limits<double>::quiet_NaN();
    const double count = static_cast<double>(n);
    return std::sqrt(std::max(0.0, (sum_of_squares - sum * sum / count) / (count - 1)));
}

double MeanOf::half_width() const { return z95 * deviation() / std::sqrt(static_cast<double>(n)); }

}  // namespace aitrading::report
