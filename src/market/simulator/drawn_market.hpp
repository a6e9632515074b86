#pragma once

#include "market/simulator/market.hpp"

namespace aitrading::market {

/// A market of the specified form whose loadings and chain come from a seed, for models that nobody tuned to it.
///
/// Recipe. SplitMix64(derive_seed(seed, 3)); u is the next uniform, "+-[a,b]" draws a + (b - a) u with the sign of the next
/// u - 1/2. Regime by regime, k = 0 .. 11:
///   stay = .92 + .07 u; eleven weights w = u^2 for the other regimes in order, scaled to sum 1 - stay;
///   drift +-[0,.9]; flow +-[.5,1.1]; lagged +-[.15,.9]; dollar +-[.3,.9];
///   sigma exp(ln 1.2 + u ln 23) bp; mean log volume -1.2 + 2.7 u; mean log spread -.8 + 2.4 u.
/// The ranges are those of the specified market. The strength c is then bisected over [.05, 3] in 14 steps until the mean of
/// max(p, 1-p) over 30,000 bars of the stream derive_seed(seed, 4) is `accuracy`.
struct DrawnMarket {
    std::array<RegimeParameters, regime_count> regimes{};
    TransitionMatrix transition{};
    double strength = 1.0;
    /// @pre lives as long as what is made of it
    MarketParameters parameters() const { return {regimes, transition, strength}; }
};

/// Bayes accuracies of the specified markets.
inline constexpr double strong_accuracy = 0.7512, realistic_accuracy = 0.5421;

/// Loadings, chain and strength of the recipe. @complexity about half a second, for the bisection
DrawnMarket draw_market(std::uint64_t seed, double accuracy);

}  // namespace aitrading::market
