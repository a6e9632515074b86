#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"

namespace aitrading::insight {

/// Principal components of a correlation matrix.
struct Factors {
    std::size_t size = 0;
    std::vector<double> variance;   ///< [size] eigenvalues, falling, sum = size
    std::vector<double> loadings;   ///< [size x size] row f: correlation of each series with factor f; its greatest entry is above 0
    double noise_edge = 0;          ///< (1 + sqrt(N / T))^2: what chance alone reaches
    std::size_t above_noise = 0;    ///< factors whose variance lies above it
    double share(std::size_t factor) const { return variance[factor] / static_cast<double>(size); }
    double loading(std::size_t factor, std::size_t series) const { return loadings[factor * size + series]; }
};

/// Source: eigenvalues of the correlation matrix; edge: Marchenko and Pastur 1967, Laloux et al. 1999.
/// @param correlation [size x size], complete   @param rows that it was measured over
/// @errors bad_input (a value that is not known: fewer than two series, or a pair without rows)   @complexity O(size^3)
Result<Factors> factors_of(std::span<const double> correlation, std::size_t size, std::size_t rows);

/// Score of each row on the first `count` factors: standardised returns times eigenvectors, of variance 1. NaN where a series
/// is missing. Means, deviations and factors are those given: take them from rows before, or the scores look ahead.
/// @return [rows x count]
std::vector<double> factor_scores(const Factors& factors, MatrixView returns, std::span<const double> mean,
                                  std::span<const double> deviation, std::size_t count);

}  // namespace aitrading::insight
