#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace aitrading::insight {

/// GARCH(1,1) about a constant mean (Bollerslev 1986): s_{t+1} = omega + alpha (r_t - mean)^2 + beta s_t, begun as if
/// both terms before the first return had been `backcast`.
struct GarchLaw {
    double mean = 0, omega = 0, alpha = 0, beta = 0;
    double backcast = 0;  ///< exponentially weighted mean square of the first 75 returns (.94)
    double first_variance() const { return omega + (alpha + beta) * backcast; }
};

struct GarchFit {
    GarchLaw law;
    double log_likelihood = 0;           ///< normal
    std::vector<double> standardised;    ///< [returns] (r - mean) / deviation known before r
    double next_variance = 0;            ///< of the return after the last
    int evaluations = 0;
    bool converged = false;
    bool at_boundary = false;            ///< alpha or beta about 0, or alpha + beta about 1: the data do not ask for this law
};

/// By normal quasi maximum likelihood over all four parameters, alpha, beta >= 0 and alpha + beta < 1, from the best of a
/// grid of starts. @param returns in time order, all finite
/// @errors bad_input (fewer than 100 returns; a value that is not finite: its row is named; a series that does not move)
/// @complexity O(returns x evaluations), about 500 evaluations
Result<GarchFit> fit_garch(std::span<const double> returns);

}  // namespace aitrading::insight
