#pragma once

#include <cstddef>
#include <span>

namespace aitrading::models {

/// y_r = start_r + W x_r for `rows` rows, all float32. Each output sums its products in the order of the
/// inputs, beginning with its start, whatever the number of rows: many rows at once give the bits of one row
/// at a time.
struct LinearArgs {
    const float* weights = nullptr;  ///< blocks of 16 outputs: [outputs / 16][inputs][16], see pack_linear
    std::size_t inputs = 0;
    std::size_t outputs = 0;   ///< a multiple of 16
    const float* x = nullptr;  ///< [rows][x_stride]
    std::size_t x_stride = 0;
    const float* start = nullptr;  ///< [rows][start_stride]; a bias with stride 0, or y itself to add to it
    std::size_t start_stride = 0;
    float* y = nullptr;  ///< [rows][y_stride]
    std::size_t y_stride = 0;
    std::size_t rows = 1;
    /// The last outputs first. The bits are the same; a matrix that one row after the other meets to and fro
    /// finds half of itself still in the first cache.
    bool backward = false;
};

/// Attention of one bar over a window kept in slots. With s = slot, h = head, w = width / heads:
/// p_hs = exp(scale q_h · k_hs + bias_hs + mask_s) normalised over s, out_h = sum_s p_hs v_hs.
struct AttentionArgs {
    std::size_t width = 0;  ///< of q, keys, values and out: a multiple of 8, and of 8 for each head
    std::size_t heads = 1;
    std::size_t slots = 0;          ///< a multiple of 8
    const float* q = nullptr;       ///< [width]
    const float* keys = nullptr;    ///< [width][slots], so that a query's entry meets all slots at once
    const float* values = nullptr;  ///< [slots][width]
    const float* bias = nullptr;    ///< [heads][bias_stride]
    std::size_t bias_stride = 0;
    const float* mask = nullptr;  ///< [slots]: 0, or kMasked where a slot is empty and its value 0
    float scale = 1;
    float* p = nullptr;    ///< [heads][slots] scratch
    float* out = nullptr;  ///< [width]
};
inline constexpr float kMasked = -1e30F;

/// The arithmetic of the nets for one instruction set. All tables do the same operations in the same order,
/// eight lanes at a time and without fused multiply-add, and so give the same bits on every x86-64 machine.
/// `n` is a multiple of 8 except in standardise; pointers need no alignment (64 bytes is fastest).
struct NetKernels {
    const char* name = "";
    /// out_i = clamp((row_i - mean_i) / scale_i, -10, 10), 0 where row_i is not finite. [n], any n
    void (*standardise)(const double* row, const double* mean, const double* scale, std::size_t n,
                        float* out);
    void (*linear)(const LinearArgs&);
    /// One step of the cell: gates [4n] before activation as i, f, g, o (overwritten); c [n] is updated, h
    /// [n] written.
    void (*lstm_cell)(float* gates, std::size_t n, float* c, float* h);
    /// out = (e - mean) / sqrt(variance + kNormEpsilon) * weight + bias. [n]
    void (*norm)(const float* e, const float* weight, const float* bias, std::size_t n, float* out);
    void (*attend)(const AttentionArgs&);
    void (*silu)(float* x, std::size_t n);
    void (*tanh)(float* x, std::size_t n);
    /// e += x. [n]
    void (*add)(const float* x, std::size_t n, float* e);
};

/// Every table that this machine can run, the fastest first; never empty.
std::span<const NetKernels* const> usable_kernels();

/// Row-major [outputs][inputs] to the blocks of LinearArgs; `outputs` is padded with zeros to a multiple
/// of 16.
/// @param to [line_floats(outputs) x inputs]   @param row_stride, column_stride of `from` in floats
void pack_linear(const float* from, std::size_t outputs, std::size_t inputs, std::size_t row_stride,
                 std::size_t column_stride, float* to);

}  // namespace aitrading::models
