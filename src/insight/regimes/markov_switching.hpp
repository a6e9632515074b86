#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"
#include "insight/regimes/expectation_maximisation.hpp"
#include "insight/regimes/paths.hpp"

namespace aitrading::insight {

/// Regression whose coefficients and scale switch with a hidden state (Hamilton 1989, with exogenous regressors):
/// target_t = coefficient(k) . regressors_{t-1} + sigma(k) noise, and beside it activity columns that are normal by state.
struct MarkovSwitching {
    ChainLaw chain;
    std::size_t regressors = 0, activities = 0;
    std::vector<double> coefficient;         ///< [states x regressors]
    std::vector<double> sigma;               ///< [states]
    std::vector<double> activity_mean;       ///< [states x activities]
    std::vector<double> activity_deviation;  ///< [states x activities]
};

/// What the regression reads. All three have one row a bar.
struct SwitchingSeries {
    std::span<const double> target;
    MatrixView regressors;  ///< row t is known at the close of bar t and speaks of target t+1; a column of ones for drift
    MatrixView activity;    ///< row t is of bar t
};

struct MarkovSwitchingOptions {
    std::size_t states = 12;
    int starts = 6;                     ///< guesses by clusters, of which the one that climbs highest goes on
    std::size_t start_rows = 60'000;    ///< latest rows that guesses climb on and moves are tried on
    int start_iterations = 40;
    int move_rounds = 5;                ///< most split-and-merge moves
    std::uint64_t seed = 1;
    int threads = 1;                    ///< over the starts; the result does not depend on it
    EmOptions em;
};

struct MarkovSwitchingFit {
    MarkovSwitching model;
    FitReport report;
};

/// Fits by EM: Hamilton's filter and Kim's smoother, then a weighted least squares for each state. Of several starts the
/// one with the best training likelihood is kept, since the likelihood has many hills.
/// Where a target, a regressor or an activity is not finite, that part of the bar says nothing.
/// @errors bad_input (fewer than 50 rows a state, a constant column), failed (every start collapsed), interrupted, usage
Result<MarkovSwitchingFit> fit_markov_switching(const SwitchingSeries& series, const MarkovSwitchingOptions& options);

/// The filter with its forecast, one bar at a time.
class MarkovSwitchingFilter {
  public:
    /// @errors bad_input (sizes, a scale that is not positive, a number that is not finite)
    static Result<MarkovSwitchingFilter> of(MarkovSwitching model);
    /// Takes bar t: its target, its regressors (for bar t+1) and activity. Gives P(state of bar t | bars so far), valid until
    /// the next call. @complexity O(states (states + regressors + activities)), no allocation
    std::span<const double> update(double target, std::span<const double> regressors, std::span<const double> activity);
    std::span<const double> posterior() const { return posterior_; }
    /// P(state of the next bar | bars so far).
    std::span<const double> forecast() const { return forecast_; }
    /// P(target of the next bar > 0 | bars so far): sum over the forecast of Phi(mean / sigma). 1/2 where the regressors of
    /// the last bar are not finite.
    double p_up_next() const { return p_up_; }
    double log_likelihood() const { return log_likelihood_; }

  private:
    explicit MarkovSwitchingFilter(MarkovSwitching model);
    MarkovSwitching model_;
    std::vector<double> forecast_, posterior_, mean_, log_densities_;
    bool mean_known_ = false;
    double p_up_ = 0.5, log_likelihood_ = 0;
};

/// Forward and backward over all bars: hindsight. @errors as MarkovSwitchingFilter::of
Result<SmoothedPath> smoothed_path(const MarkovSwitching& model, const SwitchingSeries& series);

}  // namespace aitrading::insight
