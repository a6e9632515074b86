#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace aitrading::insight {

/// Where the eigenvalues of a correlation matrix of pure noise end (Marchenko and Pastur 1967): (1 -+ sqrt(series / rows))^2.
struct NoiseEdges {
    double low = 0, high = 0;
};
/// @pre series >= 1, rows >= 1
NoiseEdges noise_edges(std::size_t series, std::size_t rows);

struct DenoisedCorrelation {
    std::vector<double> correlation;  ///< [size x size]
    std::vector<double> eigenvalues;  ///< [size] of the matrix given, falling
    double edge = 0;                  ///< at or below it an eigenvalue is taken for noise
    std::size_t signals = 0;          ///< eigenvalues above
};

/// Replaces the eigenvalues at or below the edge by their mean (Laloux, Cizeau, Bouchaud, Potters 1999) and scales the diagonal
/// back to 1. @param correlation [size x size]   @param rows that it was estimated from
/// @errors usage (rows 0), bad_input (a value that is not finite)   @complexity O(size^3)
Result<DenoisedCorrelation> denoised(std::span<const double> correlation, std::size_t size, std::size_t rows);

struct NearestOptions {
    double tolerance = 1e-9;    ///< greatest change of an entry in one round that ends the search
    int iterations_max = 5000;
};
struct NearestCorrelation {
    std::vector<double> correlation;  ///< [size x size], no eigenvalue below 0 but for rounding
    double distance = 0;              ///< Frobenius norm of the change
    double least_eigenvalue = 0;      ///< of the matrix given
    int iterations = 0;
    bool converged = true;
};

/// The nearest correlation matrix in the Frobenius norm by alternating projections with Dykstra's correction (Higham 2002):
/// what pairwise estimates need before anything inverts or factors them. A matrix that is one already comes back unchanged.
/// @errors bad_input (a pair that is not available or not finite, named: leave one of the two series out)
/// @complexity O(iterations size^3)
Result<NearestCorrelation> nearest_correlation(std::span<const double> matrix, std::size_t size, const NearestOptions& options = {});

}  // namespace aitrading::insight
