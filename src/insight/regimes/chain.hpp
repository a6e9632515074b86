#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aitrading::insight {

/// Most states that a model of this room may have; arrays on the stack have this size.
inline constexpr std::size_t states_max = 16;

/// The hidden Markov chain.
struct ChainLaw {
    std::size_t states = 0;
    std::vector<double> start;       ///< [states] law of the first row's state
    std::vector<double> transition;  ///< [states x states], row i: from i, sums to 1
};

/// The law that the chain keeps, by repeated squaring of the mean of it and staying. [states]
std::vector<double> stationary_law(const ChainLaw& law);
/// 1 / (1 - stay) bars for each state; infinite where a state is never left. [states]
std::vector<double> expected_durations(const ChainLaw& law);

/// One Bayes step: posterior(k) ~ predicted(k) exp(log_likelihood(k)), exact where every likelihood underflows.
/// @return log of the predictive density   @complexity O(states)
double bayes_step(std::span<const double> predicted, std::span<const double> log_likelihood, std::span<double> posterior);
/// next(j) = sum_i law(i) A(i,j).
void advance(const ChainLaw& chain, std::span<const double> law, std::span<double> next);

/// Filter over all rows, in place: log likelihoods [rows x states] become P(state | rows so far).
/// @param predicted [rows x states] P(state | rows before)   @return log likelihood of all rows
/// Nothing underflows: each row is scaled by its own greatest term. @complexity O(rows states^2)
double forward_pass(const ChainLaw& chain, std::span<double> rows, std::span<double> predicted);

/// Smoother over what forward_pass left (Kim 1994: no likelihoods, so nothing to underflow), in place: filtered becomes
/// P(state | all rows). @param counts [states x states] expected number of transitions
void backward_pass(const ChainLaw& chain, std::span<double> rows, std::span<const double> predicted,
                   std::span<double> counts);

/// Dirichlet prior on each row of the transition matrix, as bars seen before the data.
struct TransitionPrior {
    double stay = 10.0;   ///< on the diagonal: regimes last
    double leave = 0.05;  ///< elsewhere: no way is quite closed
};

/// Posterior mode of the chain: counts plus prior, rows scaled to 1; the start is `first` mixed with 1e-6 of evenness.
ChainLaw estimate_chain(std::span<const double> counts, std::span<const double> first, const TransitionPrior& prior);
/// Log density of that prior up to a constant: with it EM never falls.
double log_prior(const ChainLaw& chain, const TransitionPrior& prior);

}  // namespace aitrading::insight
