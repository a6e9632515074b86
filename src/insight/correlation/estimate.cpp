#include "insight/correlation/estimate.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

constexpr double z95 = 1.959963984540054;
constexpr std::size_t rows_min = 4;  // Fisher's z needs n > 3

struct Moments {
    double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    std::size_t n = 0;
};

template <class Each>
void for_each_pair(std::span<const double> x, std::span<const double> y, std::size_t lag, Each each) {
    for (std::size_t i = 0; i + lag < x.size(); ++i)
        if (std::isfinite(x[i]) && std::isfinite(y[i + lag])) each(x[i], y[i + lag]);
}

}  // namespace

CorrelationEstimate with_interval(double correlation, std::size_t n) {
    if (n < rows_min || !std::isfinite(correlation)) return {NAN, NAN, NAN, n};
    const double r = std::clamp(correlation, -1.0, 1.0), half = z95 / std::sqrt(static_cast<double>(n - 3));
    if (std::abs(r) >= 1) return {r, r, r, n};
    return {r, std::tanh(std::atanh(r) - half), std::tanh(std::atanh(r) + half), n};
}

CorrelationEstimate correlation_estimate(std::span<const double> first, std::span<const double> second, std::size_t lag_rows) {
    CHECK(first.size() == second.size());
    Moments m;
    bool moves_x = false, moves_y = false;
    double last_x = NAN, last_y = NAN;
    for_each_pair(first, second, lag_rows, [&](double x, double y) {
        ++m.n;
        m.mean_x += x;
        m.mean_y += y;
        moves_x = moves_x || (m.n > 1 && x != last_x);
        moves_y = moves_y || (m.n > 1 && y != last_y);
        last_x = x, last_y = y;
    });
    if (m.n < rows_min || !moves_x || !moves_y) return {NAN, NAN, NAN, m.n};
    m.mean_x /= static_cast<double>(m.n);
    m.mean_y /= static_cast<double>(m.n);
    for_each_pair(first, second, lag_rows, [&](double x, double y) {
        m.xx += (x - m.mean_x) * (x - m.mean_x);
        m.yy += (y - m.mean_y) * (y - m.mean_y);
        m.xy += (x - m.mean_x) * (y - m.mean_y);
    });
    return with_interval(m.xy / std::sqrt(m.xx * m.yy), m.n);
}

double p_value(const CorrelationEstimate& estimate) {
    if (!estimate.known()) return NAN;
    if (std::abs(estimate.value) >= 1) return 0;
    return std::erfc(std::abs(std::atanh(estimate.value)) * std::sqrt(static_cast<double>(estimate.n - 3)) / std::sqrt(2.0));
}

}  // namespace aitrading::insight
