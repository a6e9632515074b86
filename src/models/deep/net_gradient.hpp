#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "models/deep/net_kernels.hpp"
#include "models/deep/net_weights.hpp"

namespace aitrading::models {

/// Where a gradient is asked for: the inputs of the latest bars, each times a factor, behind a state that stays as it is.
struct GradientPoints {
    const float* memory = nullptr;  ///< of the state before the first of the bars
    std::uint64_t bar = 0;          ///< number of the first bar
    std::size_t bars = 0;
    const float* x = nullptr;         ///< [bars][line_floats(inputs)] standardised
    std::span<const float> factor;    ///< [points] of x
    std::span<const float> weight;    ///< [points]
};

/// A net's logit at its latest bar, at several points at once, and the gradient there with respect to the inputs of its latest
/// bars (reverse mode over the formulae of NetKind). Immutable; calls allocate.
class NetGradient {
  public:
    virtual ~NetGradient() = default;
    /// @param out_logit [points]   @param out_x [bars][line_floats(inputs)] sum over points of weight * d logit / d input
    virtual void run(const NetKernels& kernels, const GradientPoints& at, std::span<double> out_logit, float* out_x) const = 0;
};

/// @pre check_weights; `weights` may go after
std::unique_ptr<const NetGradient> make_gradient(const NetWeights& weights);
std::unique_ptr<const NetGradient> make_lstm_gradient(const NetWeights& weights);
std::unique_ptr<const NetGradient> make_transformer_gradient(const NetWeights& weights);
std::unique_ptr<const NetGradient> make_cnn_gradient(const NetWeights& weights);

}  // namespace aitrading::models
