#pragma once

#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "models/deep/generator_job.hpp"

namespace aitrading::models {

/// Two channels under one condition that is 0 or 1 for 25 rows each: the first clusters, the second follows it, and both lie
/// lower and are smaller where the condition is 0.
inline GeneratorJob small_generator_job(std::size_t rows, std::uint64_t seed = 5) {
    GeneratorJob job;
    job.spec = {2, 1, 3, 8};
    job.options.steps = 6;
    job.options.critic_steps = 2;
    job.options.batch = 8;
    job.options.length = 12;
    job.options.warm_up = 8;
    job.options.critic_width = 8;
    job.options.seed = seed;
    job.channels = {"a", "b"};
    job.conditions = {"on"};
    SplitMix64 random(seed);
    double size = 1;
    for (std::size_t i = 0; i < rows; ++i) {
        const bool on = i / 25 % 2 == 1;
        const double a = size * random.next_normal();
        size = 0.3 + 0.5 * size + 0.2 * std::abs(a);
        job.values.push_back(static_cast<float>((on ? 1.5 : 0.3) * a + (on ? 1.0 : -1.0)));
        job.values.push_back(static_cast<float>(0.8 * std::abs(a) + 0.3 * random.next_normal()));
        job.condition.push_back(on ? 1.0F : 0.0F);
    }
    return job;
}

inline std::vector<float> random_numbers(std::size_t count, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<float> out(count);
    for (float& v : out) v = static_cast<float>(0.5 * random.next_normal());
    return out;
}

}  // namespace aitrading::models
