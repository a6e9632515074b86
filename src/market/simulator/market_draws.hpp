#pragma once

#include "market/simulator/market.hpp"

namespace aitrading::market {

/// Draws of the recipes of other_market.hpp and drawn_market.hpp; each uses up uniforms in a fixed order.
inline double between(SplitMix64& random, double low, double high) { return low + (high - low) * random.next_uniform(); }

inline double signed_between(SplitMix64& random, double low, double high) {
    const double size = between(random, low, high);
    return random.next_uniform() < 0.5 ? -size : size;
}

/// One row of a chain: stay in [least_stay, most_stay], the rest shared by squares of uniforms.
inline RegimeVector draw_transitions(SplitMix64& random, std::size_t from, double least_stay, double most_stay) {
    const double stay = between(random, least_stay, most_stay);
    RegimeVector row{};
    double total = 0;
    for (std::size_t to = 0; to < regime_count; ++to) {
        if (to == from) continue;
        const double u = random.next_uniform();
        row[to] = u * u;
        total += row[to];
    }
    for (double& weight : row) weight *= (1.0 - stay) / total;
    row[from] = stay;
    return row;
}

}  // namespace aitrading::market
