#include "insight/regimes/expectation_maximisation.hpp"

namespace aitrading::insight {

ChainLaw chain_of_guess(std::span<const std::uint8_t> states, std::size_t n, const TransitionPrior& prior,
                        std::vector<double>& posterior) {
    constexpr double certainty = 0.9;
    posterior.assign(states.size() * n, (1 - certainty) / static_cast<double>(n));
    std::vector<double> counts(n * n, 0.0);
    for (std::size_t t = 0; t < states.size(); ++t) {
        posterior[t * n + states[t]] += certainty;
        if (t > 0) counts[states[t - 1] * n + states[t]] += 1;
    }
    // A guess jumps about more than regimes do: half of what it leaves, it stays.
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            if (i == j) continue;
            counts[i * n + i] += counts[i * n + j] / 2;
            counts[i * n + j] /= 2;
        }
    const std::vector<double> even(n, 1.0 / static_cast<double>(n));
    TransitionPrior open = prior;
    open.leave = std::max(prior.leave, 0.1);
    return estimate_chain(counts, even, open);
}

}  // namespace aitrading::insight
