#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "models/evaluation/statistics.hpp"

namespace aitrading::models {

/// Optimal block lengths after Politis & White (2004) with the correction of 2009, conventions of the arch
/// package.
struct BlockLength {
    double stationary = 1, circular = 1;
    int m = 0;  ///< lags in the flat-top window
};
/// A series without variance has length 1. @pre x.size() >= 8   @complexity O(n sqrt n)
BlockLength optimal_block_length(std::span<const double> x);

/// Means of stationary-bootstrap resamples (Politis & Romano 1994): geometric blocks of mean length `block`,
/// circular. Deterministic for a seed. @pre block >= 1   @complexity O(n + resamples n / block)
std::vector<double> stationary_bootstrap_means(std::span<const double> x, double block, int resamples,
                                               std::uint64_t seed);

/// Calls `visit` with the indices of each stationary resample, for statistics that are no means.
void stationary_bootstrap(std::size_t n, double block, int resamples, std::uint64_t seed,
                          const std::function<void(std::span<const std::uint32_t>)>& visit);

/// Long-run variance of the mean under the stationary bootstrap with restart chance `restart`, and Hansen's
/// studentised statistic and threshold below which a model is dropped from the null. Source: Hansen 2005.
struct SuperiorAbility {
    double variance = 0, statistic = 0, keep_threshold = 0;
};
SuperiorAbility superior_ability(std::span<const double> loss_difference, double restart);

}  // namespace aitrading::models
