#pragma once

#include <span>
#include <vector>

#include "base/random.hpp"
#include "domain/search_space.hpp"

namespace aitrading::learning {

/// Parzen estimator of one parameter from the values that trials had, in Optuna's convention: one truncated
/// normal for each value and a prior over the whole range; widths are the larger gap to a neighbour, clipped
/// to range / min(100, 1 + K) for K kernels; weights flat below 25 values, then a ramp from 1/n up to the
/// last 25 at 1 (Bergstra et al. 2011; Optuna). Logarithmic ranges are estimated in log, whole numbers by the
/// mass of their unit cell, choices by smoothed counts.
class Parzen {
  public:
    /// @param values in order of the trials, oldest first; inside the range (categorical: index of the
    /// choice)
    Parzen(const ParameterRange& range, std::span<const double> values);

    /// A value of the parameter.
    double sample(SplitMix64& random) const;
    /// Log density (log mass for whole numbers and choices) at a value of the parameter.
    double log_density(double value) const;

  private:
    struct Kernel {
        double weight = 0, mu = 0, sigma = 1;
        double below = 0, inside = 1;  ///< normal mass left of the range and within it
    };
    void build_numbers(std::span<const double> values);
    void build_choices(std::span<const double> values);

    ParameterRange range_;
    double low_ = 0, high_ = 1;  ///< of the estimated scale, widened by half a unit for whole numbers
    std::vector<Kernel> kernels_;
    std::vector<double> choice_;  ///< [choices] probabilities
};

/// Uniform over the range (in log for logarithmic ones).
double sample_uniform(const ParameterRange& range, SplitMix64& random);

/// Phi of the standard normal, and its inverse to 1e-15 (Acklam's start and one Halley step). @pre 0 < p < 1
double normal_cdf(double x);
double normal_quantile(double p);

}  // namespace aitrading::learning
