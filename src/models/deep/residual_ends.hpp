#pragma once

#include <cstddef>
#include <span>

#include "models/deep/gradient_parts.hpp"
#include "models/deep/net_gradient.hpp"

namespace aitrading::models {

/// What lies on both sides of the blocks of the Transformer and of the CNN, there and back: the embedding of the inputs, and
/// norm and head over the last bar. Rows are [bars][points][stride].
class ResidualEnds {
  public:
    explicit ResidualEnds(const NetWeights& weights);
    /// e of each bar at each point.
    AlignedFloats embed(const NetKernels& kernels, const GradientPoints& at) const;
    /// The last bar's logits, and their gradient into its rows. @param de as large as e, zeros; only the last bar's change
    void answer(const NetKernels& kernels, const AlignedFloats& e, std::span<double> out_logit, AlignedFloats& de) const;
    /// Sum over points of weight * d logit / d input. @param out_x [bars][line_floats(inputs)]
    void inputs_back(const NetKernels& kernels, const GradientPoints& at, const AlignedFloats& de, float* out_x) const;

  private:
    std::size_t inputs_, width_, stride_;
    BothWays embed_;
    AlignedFloats embed_bias_;
    PackedNorm norm_;
    AlignedFloats head_;
    float head_bias_;
};

}  // namespace aitrading::models
