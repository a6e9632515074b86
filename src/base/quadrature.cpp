#include "base/quadrature.hpp"

#include <cmath>
#include <numbers>
#include <utility>

#include "base/check.hpp"

namespace aitrading {

Quadrature gauss_legendre(std::size_t points) {
    CHECK(points >= 1);
    Quadrature out{std::vector<double>(points), std::vector<double>(points)};
    const auto n = static_cast<double>(points);
    for (std::size_t i = 0; i < points; ++i) {
        double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (n + 0.5)), slope = 1;
        for (int step = 0; step < 50; ++step) {
            double before = 1, now = x;
            for (std::size_t k = 2; k <= points; ++k) {
                const auto d = static_cast<double>(k);
                before = std::exchange(now, ((2 * d - 1) * x * now - (d - 1) * before) / d);
            }
            slope = n * (x * now - before) / (x * x - 1);
            const double move = now / slope;
            x -= move;
            if (std::abs(move) < 1e-16) break;
        }
        out.at[i] = (1 - x) / 2;
        out.weight[i] = 1 / ((1 - x * x) * slope * slope);
    }
    return out;
}

}  // namespace aitrading
