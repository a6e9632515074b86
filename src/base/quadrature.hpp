#pragma once

#include <cstddef>
#include <vector>

namespace aitrading {

/// Points and weights on [0, 1].
struct Quadrature {
    std::vector<double> at, weight;
};

/// The rule of Gauss and Legendre: exact for polynomials of degree 2 points - 1. Newton's method on the Legendre polynomial
/// from Chebyshev's guesses. @pre points >= 1
Quadrature gauss_legendre(std::size_t points);

}  // namespace aitrading
