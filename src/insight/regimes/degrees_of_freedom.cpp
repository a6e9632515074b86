#include "insight/regimes/degrees_of_freedom.hpp"

#include <cmath>

namespace aitrading::insight {

double digamma(double x) {
    double out = 0;
    while (x < 10) {
        out -= 1 / x;
        x += 1;
    }
    const double r = 1 / (x * x);
    // Stirling's series (Abramowitz and Stegun 6.3.18); from 10 on its next term is below 1e-13.
    return out + std::log(x) - 0.5 / x - r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r * (1.0 / 240 - r / 132))));
}

double next_degrees(double mean_log_less_weight, double degrees, std::size_t dimensions) {
    const double half = (degrees + static_cast<double>(dimensions)) / 2;
    const double constant = 1 + mean_log_less_weight + digamma(half) - std::log(half);
    const auto slope = [constant](double v) { return constant + std::log(v / 2) - digamma(v / 2); };  // falls in v
    double low = std::log(degrees_least), high = std::log(degrees_most);
    if (slope(degrees_least) <= 0) return degrees_least;
    if (slope(degrees_most) >= 0) return degrees_most;
    for (int i = 0; i < 50; ++i) {
        const double middle = (low + high) / 2;
        (slope(std::exp(middle)) > 0 ? low : high) = middle;
    }
    return std::exp((low + high) / 2);
}

}  // namespace aitrading::insight
