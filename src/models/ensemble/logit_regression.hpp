#pragma once

#include <span>
#include <vector>

#include "base/result.hpp"

namespace aitrading::models {

/// Numbers inside (0,1) that a logarithm can take: probabilities are clipped to [probability_floor, 1 - it].
inline constexpr double probability_floor = 1e-9;

/// ln(p / (1-p)) of the clipped probability.
double logit(double p);
/// 1 / (1 + exp(-z)), without overflow.
double sigmoid(double z);
/// Mean weighted log loss of sigmoid(z) against targets in [0,1]. Empty weights count one each.
/// @pre equal lengths, at least one row
double log_loss_of_logits(std::span<const double> z, std::span<const double> target,
                          std::span<const double> weight);

/// A small dense logistic regression: z = intercept + coefficient . x.
struct LogitProblem {
    std::size_t columns = 0;
    std::span<const double> x;       ///< [rows x columns], row-major
    std::span<const double> target;  ///< [rows] in [0,1] (soft targets allowed)
    std::span<const double> weight;  ///< [rows] >= 0, or empty for one each
    double ridge = 0;  ///< adds ridge/2 * |coefficient - centre|^2 to the summed loss; intercept free
    std::span<const double> centre;  ///< [columns] where the ridge pulls to, or empty for zero
    bool intercept = true;
};
struct LogitFit {
    double intercept = 0;
    std::vector<double> coefficient;  ///< [columns]
    double mean_loss = 0;             ///< without the ridge term
    bool converged = false;
    double apply(std::span<const double> row) const;
};

/// Newton's method with step halving; deterministic, at most 100 steps. Where the classes separate perfectly
/// the optimum lies at infinity: the steps then end at the bound with `converged` false, and the fit is still
/// finite.
/// @pre rows >= 1, columns <= 64, total weight > 0   @complexity O(steps * rows * columns^2)
LogitFit fit_logit_regression(const LogitProblem& problem);

}  // namespace aitrading::models
