#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "kit/bench.hpp"

namespace aitrading::models {

/// 95 % interval of the mean of values that follow each other, by resampling blocks of `block` that wrap around.
/// @pre values is not empty   @complexity O(resamples * values)
inline std::pair<double, double> block_interval(std::span<const double> values, std::size_t block, std::size_t resamples) {
    SplitMix64 random(7);
    std::vector<double> drawn;
    drawn.reserve(resamples);
    for (std::size_t r = 0; r < resamples; ++r) {
        double sum = 0;
        std::size_t at = 0;
        for (std::size_t i = 0; i < values.size(); ++i, at = (at + 1) % values.size()) {
            if (i % block == 0) at = random.next_below(values.size());
            sum += values[at];
        }
        drawn.push_back(sum / static_cast<double>(values.size()));
    }
    return {kit::quantile(drawn, 0.025), kit::quantile(drawn, 0.975)};
}

}  // namespace aitrading::models
