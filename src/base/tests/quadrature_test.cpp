#include "base/quadrature.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace aitrading {
namespace {

TEST(quadrature, is_exact_for_every_power_that_it_should_be) {
    for (const std::size_t points : {1U, 2U, 3U, 4U, 6U, 8U, 14U, 16U, 32U, 128U}) {
        const Quadrature rule = gauss_legendre(points);
        for (std::size_t power = 0; power < 2 * points; ++power) {
            double sum = 0;
            for (std::size_t i = 0; i < points; ++i) sum += rule.weight[i] * std::pow(rule.at[i], static_cast<double>(power));
            EXPECT_NEAR(sum, 1 / (static_cast<double>(power) + 1), 1e-13) << points << " " << power;
        }
        for (std::size_t i = 0; i < points; ++i) EXPECT_TRUE(rule.at[i] > 0 && rule.at[i] < 1 && rule.weight[i] > 0);
    }
}

}  // namespace
}  // namespace aitrading
