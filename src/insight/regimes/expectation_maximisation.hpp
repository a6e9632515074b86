#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "insight/regimes/chain.hpp"

namespace aitrading::insight {

struct EmOptions {
    int iterations_max = 200;
    double tolerance = 1e-6;  ///< gain of log posterior a row, below which the climb has arrived
    TransitionPrior prior;
    std::stop_token stop;
};

/// How a fit went. A model is only given out where no state collapsed; whether it converged is for the caller to see.
struct FitReport {
    bool converged = false;
    bool collapsed = false;        ///< a state was left with too few rows or without spread
    bool interrupted = false;
    int iterations = 0;
    double log_likelihood = 0;     ///< of the training rows under the parameters given out
    std::size_t starts = 1, starts_collapsed = 0;
    std::vector<double> share;     ///< [states] of the rows
};

/// EM from where chain and emission stand. An emission has `evaluate(rows)`, which fills log densities [rows x states],
/// and `maximise(posterior)`, which fits itself to weighted rows and says false where a state collapsed.
/// The log posterior never falls (Dempster, Laird, Rubin 1977); when it gains too little, the climb ends.
/// @complexity O(iterations rows (states^2 + cost of a density))
template <class Emission>
FitReport climb(ChainLaw& chain, Emission& emission, std::size_t rows, const EmOptions& options) {
    const std::size_t n = chain.states;
    std::vector<double> work(rows * n), predicted(rows * n), counts(n * n);
    FitReport report;
    report.share.resize(n);
    double last = 0;
    for (int i = 0; i <= options.iterations_max; ++i) {
        if (options.stop.stop_requested()) {
            report.interrupted = true;
            return report;
        }
        emission.evaluate(work);
        report.log_likelihood = forward_pass(chain, work, predicted);
        const double value = report.log_likelihood + log_prior(chain, options.prior);
        report.converged = i > 0 && value - last < options.tolerance * static_cast<double>(rows);
        last = value;
        report.iterations = i;
        if (report.converged || i == options.iterations_max) break;
        backward_pass(chain, work, predicted, counts);
        chain = estimate_chain(counts, std::span(work).first(n), options.prior);
        report.collapsed = !emission.maximise(work);
        if (report.collapsed) break;
    }
    std::ranges::fill(report.share, 0.0);
    for (std::size_t t = 0; t < rows; ++t)
        for (std::size_t k = 0; k < n; ++k) report.share[k] += work[t * n + k] / static_cast<double>(rows);
    return report;
}

/// Chain and posterior of a hard guess: each row is `certainty` sure of its state.
/// @param posterior [states.size() x n] written
ChainLaw chain_of_guess(std::span<const std::uint8_t> states, std::size_t n, const TransitionPrior& prior,
                        std::vector<double>& posterior);

}  // namespace aitrading::insight
