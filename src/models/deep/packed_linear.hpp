#pragma once

#include <cstddef>
#include <span>

#include "models/deep/aligned_floats.hpp"
#include "models/deep/net_kernels.hpp"

namespace aitrading::models {

/// A matrix with its bias, laid out for the kernels. Outputs are padded with zeros to a multiple of 16.
class PackedLinear {
  public:
    PackedLinear() = default;
    /// @param matrix [outputs x inputs], row-major   @param bias [outputs], or empty for none
    PackedLinear(std::span<const float> matrix, std::span<const float> bias, std::size_t inputs)
        : PackedLinear(matrix.data(), matrix.size() / inputs, inputs, inputs, 1, bias) {}
    /// Any strides, in floats.
    PackedLinear(const float* matrix, std::size_t outputs, std::size_t inputs, std::size_t row_stride,
                 std::size_t column_stride, std::span<const float> bias)
        : inputs_(inputs), outputs_(line_floats(outputs)), weights_(outputs_ * inputs), bias_(outputs_) {
        pack_linear(matrix, outputs, inputs, row_stride, column_stride, weights_.data());
        for (std::size_t i = 0; i < bias.size(); ++i) bias_[i] = bias[i];
    }
    std::size_t outputs() const { return outputs_; }

    /// y = W x + bias for each row.
    void apply(const NetKernels& kernels, const float* x, std::size_t x_stride, float* y,
               std::size_t y_stride, std::size_t rows) const {
        kernels.linear({weights_.data(), inputs_, outputs_, x, x_stride, bias_.data(), 0, y, y_stride, rows});
    }
    /// y += W x for each row, without the bias. @param backward see LinearArgs
    void accumulate(const NetKernels& kernels, const float* x, std::size_t x_stride, float* y,
                    std::size_t y_stride, std::size_t rows, bool backward = false) const {
        kernels.linear(
            {weights_.data(), inputs_, outputs_, x, x_stride, y, y_stride, y, y_stride, rows, backward});
    }

  private:
    std::size_t inputs_ = 0, outputs_ = 0;
    AlignedFloats weights_, bias_;
};

/// Weight and bias of a norm.
struct PackedNorm {
    AlignedFloats weight, bias;
    PackedNorm() = default;
    PackedNorm(std::span<const float> w, std::span<const float> b)
        : weight(w.begin(), w.end()), bias(b.begin(), b.end()) {}
    void apply(const NetKernels& kernels, const float* e, float* out) const {
        kernels.norm(e, weight.data(), bias.data(), weight.size(), out);
    }
};

}  // namespace aitrading::models
