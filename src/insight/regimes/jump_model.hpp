#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"
#include "insight/regimes/chain.hpp"
#include "insight/regimes/paths.hpp"

namespace aitrading::insight {

/// Statistical jump model (Nystrup, Lindstroem and Madsen 2020): k-means whose states pay `penalty` for each change. Of a
/// path s over standardised rows z: sum_t |z_t - centre(s_t)|^2 / 2 + penalty (number of changes).
struct JumpModel {
    std::size_t states = 0, dimensions = 0;
    double penalty = 0;
    std::vector<double> mean, deviation;  ///< [dimensions] of the training rows: all rows are standardised by these
    std::vector<double> centre;           ///< [states x dimensions], standardised
};

struct JumpModelOptions {
    std::size_t states = 3;       ///< 1 to states_max
    double penalty = 50;          ///< >= 0; 0 is plain k-means. In units of half a squared deviation, summed over columns
    int starts = 10;              ///< k-means++ guesses; the path of least cost is kept
    int iterations_max = 300;
    std::uint64_t seed = 1;
    int threads = 1;              ///< over the starts; the result does not depend on it
    std::stop_token stop;
};

struct JumpReport {
    bool converged = false;       ///< the path came back the same
    int iterations = 0;
    double cost = 0;              ///< of the path given out
    std::size_t starts = 1, starts_collapsed = 0;
    std::vector<double> share;    ///< [states] of the training rows
};

struct JumpModelFit {
    JumpModel model;
    JumpReport report;
};

/// Coordinate descent: the best path for the centres by dynamic programming, the best centres for the path, until the path
/// stays. A start that leaves a state without rows has collapsed and is not taken.
/// @errors bad_input (fewer than 10 rows a state, a value that is not finite, a constant column: named), failed (every start
///         collapsed: says what to change), interrupted, usage   @complexity O(starts iterations rows states dimensions)
Result<JumpModelFit> fit_jump_model(MatrixView observations, const JumpModelOptions& options);

/// The online state: that in which the cheapest path through the rows so far ends (no row after it is looked at).
class JumpModelFilter {
  public:
    /// @errors bad_input (sizes, a deviation that is not positive, a number that is not finite)
    static Result<JumpModelFilter> of(JumpModel model);
    /// A row with a value that is not finite tells nothing. @complexity O(states dimensions), no allocation
    std::size_t update(std::span<const double> observation);
    /// Cost of the cheapest path that ends in each state, above the cheapest of all. [states]
    std::span<const double> excess_cost() const { return cost_; }

  private:
    explicit JumpModelFilter(JumpModel model) : model_(std::move(model)), cost_(model_.states, 0.0) {}
    JumpModel model_;
    std::vector<double> cost_;
};

/// The cheapest path through all rows: hindsight. @errors as JumpModelFilter::of, and as fit for rows
Result<SmoothedPath> smoothed_path(const JumpModel& model, MatrixView observations);

}  // namespace aitrading::insight
