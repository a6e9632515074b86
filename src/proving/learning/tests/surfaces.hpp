#pragma once

#include <cmath>
#include <numbers>

#include "proving/learning/search.hpp"

namespace aitrading::learning {

// Test surfaces of Surjanovic & Bingham, Virtual Library of Simulation Experiments.

/// Branin on [-5,10] x [0,15]; minimum 0.397887.
inline double branin(double x, double y) {
    constexpr double pi = std::numbers::pi;
    const double a = y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6;
    return a * a + 10 * (1 - 1 / (8 * pi)) * std::cos(x) + 10;
}

/// Hartmann on [0,1]^6; minimum -3.32237.
inline double hartmann6(const std::vector<double>& x) {
    constexpr double alpha[] = {1.0, 1.2, 3.0, 3.2};
    constexpr double a[4][6] = {{10, 3, 17, 3.5, 1.7, 8},
                                {0.05, 10, 17, 0.1, 8, 14},
                                {3, 3.5, 1.7, 10, 17, 8},
                                {17, 8, 0.05, 10, 0.1, 14}};
    constexpr double p[4][6] = {{1312, 1696, 5569, 124, 8283, 5886},
                                {2329, 4135, 8307, 3736, 1004, 9991},
                                {2348, 1451, 3522, 2883, 3047, 6650},
                                {4047, 8828, 8732, 5743, 1091, 381}};
    double sum = 0;
    for (int i = 0; i < 4; ++i) {
        double inner = 0;
        for (std::size_t j = 0; j < 6; ++j) inner += a[i][j] * std::pow(x[j] - 1e-4 * p[i][j], 2);
        sum -= alpha[i] * std::exp(-inner);
    }
    return sum;
}

inline SearchSpace branin_space() {
    return {{"x", ParameterKind::real, -5, 10, {}}, {"y", ParameterKind::real, 0, 15, {}}};
}
inline SearchSpace hartmann6_space() {
    SearchSpace space;
    for (const char* name : {"a", "b", "c", "d", "e", "f"})
        space.push_back({name, ParameterKind::real, 0, 1, {}});
    return space;
}

}  // namespace aitrading::learning
