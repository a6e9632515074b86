#include "market/simulator/drawn_market.hpp"

#include <algorithm>
#include <cmath>

#include "market/simulator/market_draws.hpp"

namespace aitrading::market {
namespace {

constexpr int calibration_bars = 30'000;
constexpr int calibration_steps = 14;

RegimeParameters draw_loadings(SplitMix64& random) {
    RegimeParameters k{};
    k.name = "drawn";
    k.drift = signed_between(random, 0.0, 0.9);
    k.flow = signed_between(random, 0.5, 1.1);
    k.lagged = signed_between(random, 0.15, 0.9);
    k.dollar = signed_between(random, 0.3, 0.9);
    k.sigma_bp = std::exp(between(random, std::log(1.2), std::log(1.2 * 23)));
    k.mean_log_volume = between(random, -1.2, 1.5);
    k.mean_log_spread = between(random, -0.8, 1.6);
    return k;
}

double accuracy_of_optimum(const DrawnMarket& drawn, std::uint64_t seed) {
    SyntheticMarket market(drawn.parameters(), seed);
    ExactFilter filter(drawn.parameters());
    double sum = 0;
    for (int i = 0; i < calibration_bars; ++i) {
        filter.update(market.next());
        sum += std::max(filter.p_up_next(), 1.0 - filter.p_up_next());
    }
    return sum / calibration_bars;
}

}  // namespace

DrawnMarket draw_market(std::uint64_t seed, double accuracy) {
    DrawnMarket drawn;
    SplitMix64 random(derive_seed(seed, 3));
    for (std::size_t k = 0; k < regime_count; ++k) {
        drawn.transition[k] = draw_transitions(random, k, 0.92, 0.99);
        drawn.regimes[k] = draw_loadings(random);
        drawn.regimes[k].duration_bars = 1 / (1 - drawn.transition[k][k]);
    }
    double low = 0.05, high = 3.0;
    for (int step = 0; step < calibration_steps; ++step) {
        drawn.strength = 0.5 * (low + high);
        (accuracy_of_optimum(drawn, derive_seed(seed, 4)) < accuracy ? low : high) = drawn.strength;
    }
    return drawn;
}

}  // namespace aitrading::market
