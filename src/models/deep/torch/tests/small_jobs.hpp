#pragma once

#include <cmath>
#include <limits>

#include "base/random.hpp"
#include "models/deep/training_job.hpp"

namespace aitrading::models {

/// A tiny net of each kind.
inline NetSpec small_spec(NetKind kind) {
    NetSpec spec;
    spec.kind = kind;
    spec.inputs = 3;
    spec.width = 8;
    spec.layers = 2;
    spec.window = 6;
    spec.heads = 1;
    spec.feed_forward = 16;
    spec.kernel = 2;
    spec.dilations = {1, 2};
    return spec;
}

/// Bars whose label is the sign of the product of this bar's and the last bar's first column, nine times in ten: no model
/// of one bar sees it, a net with a memory does. The third column is noise with holes.
inline TrainingJob small_job(NetKind kind, std::size_t rows = 4000, std::uint64_t seed = 7) {
    TrainingJob job;
    job.spec = small_spec(kind);
    job.options.epochs = 3;
    job.options.streams = 8;
    job.options.chunk = 16;
    job.options.learning_rate = 1e-2;
    job.options.seed = seed;
    SplitMix64 random(seed);
    float last = 1;
    for (std::size_t i = 0; i < rows; ++i) {
        const auto a = static_cast<float>(random.next_normal());
        const auto noise = static_cast<float>(random.next_normal());
        const bool hole = random.next_uniform() < 0.1;
        job.inputs.insert(job.inputs.end(), {a, 5 + 2 * noise, hole ? std::numeric_limits<float>::quiet_NaN() : noise});
        const bool one = (a * last > 0) == (random.next_uniform() < 0.9);
        job.label.push_back(one ? 1.0F : 0.0F);
        job.weight.push_back(i % 7 == 0 ? 0.5F : 1.0F);
        job.log_volatility.push_back(0.5F * a);
        job.log_range.push_back(i % 5 == 0 ? std::numeric_limits<float>::quiet_NaN() : std::abs(a));
        last = a;
    }
    job.validation_from = rows * 4 / 5;
    return job;
}

}  // namespace aitrading::models
