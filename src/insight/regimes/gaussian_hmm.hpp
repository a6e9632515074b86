#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"
#include "insight/regimes/expectation_maximisation.hpp"
#include "insight/regimes/paths.hpp"

namespace aitrading::insight {

/// Hidden Markov model whose states draw from a normal, or a Student-t, law with full covariance.
struct GaussianHmm {
    ChainLaw chain;
    std::size_t dimensions = 0;
    std::vector<double> mean;        ///< [states x dimensions]
    std::vector<double> covariance;  ///< [states x dimensions^2]; of a t law its scale matrix
    double degrees = std::numeric_limits<double>::infinity();  ///< of freedom; infinite: normal
};

/// Log densities of a GaussianHmm, with the inverse Cholesky factors at hand.
class GaussianDensities {
  public:
    /// @errors bad_input where a covariance is not positive definite, sizes do not fit or a number is not finite
    static Result<GaussianDensities> of(const GaussianHmm& model);
    /// log p(row | state) for each state. @complexity O(states dimensions^2)
    void row(std::span<const double> observation, std::span<double> out) const;
    /// Squared Mahalanobis distance to a state's mean.
    double distance(std::span<const double> observation, std::size_t state) const;

  private:
    std::size_t states_ = 0, dimensions_ = 0;
    double degrees_ = 0;
    std::vector<double> mean_, inverse_;  ///< inverse_: lower triangle row by row, for each state
    std::vector<double> log_scale_;
};

struct GaussianHmmOptions {
    std::size_t states = 4;
    double degrees = std::numeric_limits<double>::infinity();  ///< >= 2.5
    /// Whether EM estimates the degrees of freedom, one number for all states, from `degrees` (8 where infinite) on.
    bool estimate_degrees = false;
    int starts = 4;            ///< k-means++ guesses; the best by training likelihood is kept
    std::uint64_t seed = 1;
    int threads = 1;           ///< over the starts; the result does not depend on it
    EmOptions em;
};

struct GaussianHmmFit {
    GaussianHmm model;
    FitReport report;
    bool degrees_at_bound = false;  ///< estimated degrees of freedom stand at 2.1 or 200: the data ask for less or more
};

/// Fits by EM from several guesses. Columns are scaled to deviation 1 for the guesses only.
/// @errors bad_input (fewer than 10 rows a state, a value that is not finite, a constant column: row and column are
///         named), failed (every start collapsed: says how many states to try), interrupted, usage
Result<GaussianHmmFit> fit_gaussian_hmm(MatrixView observations, const GaussianHmmOptions& options);
/// EM from given parameters. A collapse is told in the report, with the parameters before it.
/// @param estimate_degrees as in GaussianHmmOptions; the start's must be finite
Result<GaussianHmmFit> refine_gaussian_hmm(GaussianHmm start, MatrixView observations, const EmOptions& options,
                                           bool estimate_degrees = false);

/// The filter, one row at a time. A row with a value that is not finite moves the chain on and tells nothing.
class GaussianHmmFilter {
  public:
    static Result<GaussianHmmFilter> of(const GaussianHmm& model);
    /// P(state | rows so far), valid until the next call. @complexity O(states^2 + states dimensions^2), no allocation
    std::span<const double> update(std::span<const double> observation);
    /// P(state of the next row | rows so far).
    std::span<const double> forecast() const { return forecast_; }
    double log_likelihood() const { return log_likelihood_; }

  private:
    GaussianHmmFilter(const GaussianHmm& model, GaussianDensities densities);
    ChainLaw chain_;
    GaussianDensities densities_;
    std::vector<double> forecast_, posterior_, log_densities_;
    double log_likelihood_ = 0;
};

/// The filter over all rows. @errors as GaussianHmmFilter::of
Result<FilteredPath> filtered_path(const GaussianHmm& model, MatrixView observations);
/// Forward and backward: hindsight. @pre all values finite @errors as above
Result<SmoothedPath> smoothed_path(const GaussianHmm& model, MatrixView observations);

}  // namespace aitrading::insight
