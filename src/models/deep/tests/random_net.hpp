#pragma once

#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "models/deep/net_weights.hpp"

namespace aitrading::models {

/// Weights of the size that trained nets have: matrices of variance 1 / columns, everything else near its
/// start.
inline NetWeights random_weights(const NetSpec& spec, std::uint64_t seed) {
    NetWeights weights = blank_weights(spec);
    SplitMix64 random(seed);
    std::size_t at = 0;
    for (const TensorShape& tensor : tensors_of(spec)) {
        const std::size_t columns = tensor.shape.size() == 1 ? 16 : tensor.size() / tensor.shape[0];
        const double scale = 1 / std::sqrt(static_cast<double>(columns));
        for (std::size_t i = 0; i < tensor.size(); ++i, ++at) {
            const double start = weights.values[at];
            weights.values[at] =
                static_cast<float>(start + (tensor.name == "input.scale" ? random.next_uniform()
                                                                         : scale * random.next_normal()));
        }
    }
    weights.manifest_hash = "0123456789abcdef";
    weights.made_by = "a test";
    return weights;
}

/// Small nets of the three kinds, with odd sizes where the spec allows them.
inline std::vector<NetSpec> small_specs() {
    NetSpec lstm, transformer, cnn;
    lstm.inputs = transformer.inputs = cnn.inputs = 5;
    lstm.width = cnn.width = 8;
    lstm.window = 7;
    transformer.kind = NetKind::transformer;
    transformer.width = 16;
    transformer.heads = 2;
    transformer.feed_forward = 24;
    transformer.window = 5;
    cnn.kind = NetKind::cnn;
    cnn.dilations = {1, 3};
    cnn.outputs = 1;
    return {lstm, transformer, cnn};
}

}  // namespace aitrading::models
