#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/deep/packed_linear.hpp"

namespace aitrading::models {

/// A matrix for the way there and, transposed and without its bias, for the way back.
struct BothWays {
    PackedLinear there, back;
    BothWays() = default;
    /// @param matrix [outputs x inputs], row-major   @param bias [outputs], or empty
    BothWays(std::span<const float> matrix, std::span<const float> bias, std::size_t inputs)
        : BothWays(matrix.data(), matrix.size() / inputs, inputs, inputs, 1, bias) {}
    BothWays(const float* matrix, std::size_t outputs, std::size_t inputs, std::size_t row_stride, std::size_t column_stride, std::span<const float> bias)
        : there(matrix, outputs, inputs, row_stride, column_stride, bias), back(matrix, inputs, outputs, column_stride, row_stride, {}) {}
};

/// Products and sums over n floats, n a multiple of 8; pointers need no alignment.
float dot(const float* a, const float* b, std::size_t n);
/// y += a x.
void add_scaled(float a, const float* x, std::size_t n, float* y);

/// de += what the output's gradient `du` of PackedNorm::apply at `e` is for `e`. [n]
void norm_back(const PackedNorm& norm, const float* e, const float* du, float* de);
/// ds at s = silu(a) becomes da in place. [n]
void silu_back(const float* a, const float* s, std::size_t n, float* ds);

/// Attention of one bar over keys and values that stand anywhere, by age in bars.
struct Attention {
    std::size_t width = 0, heads = 1, window = 1;
    std::vector<float> age_bias;  ///< [heads x window]
    float scale() const;
    /// @param keys, values [ages] pointers to [width]   @param share [heads][window] the weights   @param out [width]
    void there(const float* q, std::span<const float* const> keys, std::span<const float* const> values, float* share, float* out) const;
    /// Adds to dq and, where these are not null, to dkeys and dvalues. @param out, share as `there` gave them
    void back(const float* dout, const float* out, const float* q, std::span<const float* const> keys, std::span<const float* const> values,
              const float* share, float* dq, std::span<float* const> dkeys, std::span<float* const> dvalues) const;
};

/// The ring of an AttentionWindow as rows by age: age 1 is the bar before `bar`.
struct PastWindow {
    std::vector<float> keys, values;  ///< [ages][width]
    std::size_t ages = 0, width = 0;
    /// @param memory of the window, see AttentionWindow   @param bar number of the next bar
    PastWindow(const float* memory, std::uint64_t bar, std::size_t width, std::size_t window);
    const float* key(std::size_t age) const { return keys.data() + (age - 1) * width; }
    const float* value(std::size_t age) const { return values.data() + (age - 1) * width; }
};

/// Sum over the points of weight * row, for each bar. @param rows [bars][points][stride]   @param out [bars][stride]
void sum_points(const float* rows, std::size_t bars, std::span<const float> weight, std::size_t stride, float* out);

}  // namespace aitrading::models
