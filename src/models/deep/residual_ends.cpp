#include "models/deep/residual_ends.hpp"

namespace aitrading::models {

ResidualEnds::ResidualEnds(const NetWeights& weights)
    : inputs_(weights.spec.inputs),
      width_(weights.spec.width),
      stride_(line_floats(width_)),
      embed_(weights.tensor("embed.weight"), {}, inputs_),
      norm_(weights.tensor("norm.weight"), weights.tensor("norm.bias")),
      head_bias_(weights.tensor("head.bias")[0]) {
    const auto bias = weights.tensor("embed.bias"), head = weights.tensor("head.weight");
    embed_bias_.assign(bias.begin(), bias.end());
    head_.assign(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(width_));
}

AlignedFloats ResidualEnds::embed(const NetKernels& kernels, const GradientPoints& at) const {
    const std::size_t points = at.factor.size(), rows = at.bars * points;
    AlignedFloats embedded(at.bars * stride_), e(rows * stride_);
    embed_.there.apply(kernels, at.x, line_floats(inputs_), embedded.data(), stride_, at.bars);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t i = 0; i < width_; ++i) e[r * stride_ + i] = embed_bias_[i] + at.factor[r % points] * embedded[r / points * stride_ + i];
    return e;
}

void ResidualEnds::answer(const NetKernels& kernels, const AlignedFloats& e, std::span<double> out_logit, AlignedFloats& de) const {
    const std::size_t last = e.size() - out_logit.size() * stride_;
    AlignedFloats y(stride_);
    for (std::size_t p = 0; p < out_logit.size(); ++p) {
        const float* const top = e.data() + last + p * stride_;
        norm_.apply(kernels, top, y.data());
        out_logit[p] = static_cast<double>(dot(head_.data(), y.data(), width_)) + static_cast<double>(head_bias_);
        norm_back(norm_, top, head_.data(), de.data() + last + p * stride_);
    }
}

void ResidualEnds::inputs_back(const NetKernels& kernels, const GradientPoints& at, const AlignedFloats& de, float* out_x) const {
    AlignedFloats summed(at.bars * stride_);
    sum_points(de.data(), at.bars, at.weight, stride_, summed.data());
    embed_.back.apply(kernels, summed.data(), stride_, out_x, line_floats(inputs_), at.bars);
}

}  // namespace aitrading::models
