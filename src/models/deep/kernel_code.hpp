#pragma once

// Included once by each file that is compiled for an instruction set. Everything here has internal linkage
// and calls no library: an inline function shared with other files could end up in the program as compiled
// for the wrong machine.

#include <cfloat>
#include <cstddef>
#include <cstdint>

#include "models/deep/net_kernels.hpp"

#define AIT_KERNEL static inline __attribute__((always_inline))

namespace aitrading::models {
namespace {

constexpr std::size_t kLanes = 8;
using F8 = float __attribute__((vector_size(32)));
using I8 = std::int32_t __attribute__((vector_size(32)));

AIT_KERNEL F8 load(const float* p) {
    F8 x;
    __builtin_memcpy(&x, p, sizeof x);
    return x;
}
AIT_KERNEL void store(float* p, F8 x) {
    __builtin_memcpy(p, &x, sizeof x);
}
AIT_KERNEL F8 all(float x) {
    return F8{x, x, x, x, x, x, x, x};
}

/// In a fixed order: halves, quarters, the last two.
AIT_KERNEL float sum_lanes(F8 x) {
    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}
AIT_KERNEL float max_lanes(F8 x) {
    float m = x[0];
    for (std::size_t i = 1; i < kLanes; ++i) m = x[i] > m ? x[i] : m;
    return m;
}

/// The machine's own instructions: a comparison and a choice would be two.
AIT_KERNEL F8 max8(F8 a, F8 b) {
#if defined(__AVX__)
    return __builtin_ia32_maxps256(a, b);
#else
    return a > b ? a : b;
#endif
}
AIT_KERNEL F8 min8(F8 a, F8 b) {
#if defined(__AVX__)
    return __builtin_ia32_minps256(a, b);
#else
    return a < b ? a : b;
#endif
}

AIT_KERNEL I8 bits_of(F8 x) {
    return reinterpret_cast<I8>(x);
}
AIT_KERNEL F8 bits_as_floats(I8 x) {
    return reinterpret_cast<F8>(x);
}

constexpr float kLog2E = 1.44269504088896341F;

/// 2^y for y clamped to [-115, 115], where every result is a normal number; relative error below 2e-7, so
/// that exp(x) = 2^(x log2 e) errs by that and one rounding of the product: 1e-7 |x|, which weights of a
/// softmax and the sigmoid's flat ends do not feel. The polynomial is the one of degree 5 through (0, 1) with
/// the least relative error on
/// [-1/2, 1/2], 9e-8 (a linear programme over 2,001 points).
AIT_KERNEL F8 power_of_two(F8 y) {
    y = min8(max8(y, all(-115.0F)), all(115.0F));
    const F8 magic =
        all(12582912.0F);  // 1.5 x 2^23: adding it rounds to a whole number and leaves that in the low bits
    const F8 shifted = y + magic;
    const F8 f = y - (shifted - magic);
    F8 p = all(1.3264720366e-3F);
    p = p * f + all(9.6715130223e-3F);
    p = p * f + all(5.5507337777e-2F);
    p = p * f + all(2.4022242077e-1F);
    p = p * f + all(6.9314697756e-1F);
    p = p * f + all(1.0F);
    return bits_as_floats(bits_of(p) + (bits_of(shifted) << 23));
}
AIT_KERNEL F8 sigmoid8(F8 x) {
    return all(1.0F) / (all(1.0F) + power_of_two(x * all(-kLog2E)));
}
AIT_KERNEL F8 tanh8(F8 x) {
    return all(1.0F) - all(2.0F) / (power_of_two(x * all(2 * kLog2E)) + all(1.0F));
}

void standardise(const double* row, const double* mean, const double* scale, std::size_t n, float* out) {
    for (std::size_t i = 0; i < n; ++i) {
        const double r = row[i];
        double z = (r - mean[i]) / scale[i];
        z = z > 10.0 ? 10.0 : z;
        z = z < -10.0 ? -10.0 : z;
        const double size = r < 0 ? -r : r;
        out[i] = static_cast<float>(size <= DBL_MAX ? z : 0.0);
    }
}

/// `rows` rows against `blocks` blocks of 16 outputs, all sums in registers.
template <std::size_t rows, std::size_t blocks>
AIT_KERNEL void linear_tile(const LinearArgs& a, std::size_t row, std::size_t output) {
    F8 sum[rows][2 * blocks];
    const float* const x = a.x + row * a.x_stride;
    const float* const w = a.weights + output * a.inputs;
    const std::size_t block = 16 * a.inputs;
#pragma GCC unroll 8
    for (std::size_t r = 0; r < rows; ++r)
#pragma GCC unroll 8
        for (std::size_t v = 0; v < 2 * blocks; ++v)
            sum[r][v] = load(a.start + (row + r) * a.start_stride + output + v * kLanes);
    for (std::size_t i = 0; i < a.inputs; ++i) {
#pragma GCC unroll 8
        for (std::size_t r = 0; r < rows; ++r) {
            const F8 entry = all(x[r * a.x_stride + i]);
#pragma GCC unroll 8
            for (std::size_t v = 0; v < 2 * blocks; ++v)
                sum[r][v] += entry * load(w + (v / 2) * block + i * 16 + (v % 2) * kLanes);
        }
    }
#pragma GCC unroll 8
    for (std::size_t r = 0; r < rows; ++r)
#pragma GCC unroll 8
        for (std::size_t v = 0; v < 2 * blocks; ++v)
            store(a.y + (row + r) * a.y_stride + output + v * kLanes, sum[r][v]);
}

template <std::size_t rows>
AIT_KERNEL void linear_rows(const LinearArgs& a, std::size_t row) {
    for (std::size_t o = 0; o < a.outputs; o += 16) linear_tile<rows, 1>(a, row, o);
}

void linear_rest(const LinearArgs& a, std::size_t row, std::size_t from) {
    if (a.outputs - from == 48) linear_tile<1, 3>(a, row, from);
    if (a.outputs - from == 32) linear_tile<1, 2>(a, row, from);
    if (a.outputs - from == 16) linear_tile<1, 1>(a, row, from);
}

void linear_one(const LinearArgs& a, std::size_t row) {
    const std::size_t whole = a.outputs / 64 * 64;
    if (a.backward) linear_rest(a, row, whole);
    for (std::size_t o = 0; o < whole; o += 64) linear_tile<1, 4>(a, row, a.backward ? whole - 64 - o : o);
    if (!a.backward) linear_rest(a, row, whole);
}

constexpr std::size_t kTileRows = 6;

void linear(const LinearArgs& a) {
    std::size_t row = 0;
    // Blocks outermost: one block of weights stays in the first cache while all rows pass.
    const std::size_t tiled = a.rows / kTileRows * kTileRows;
    for (std::size_t o = 0; o < a.outputs && tiled > 0; o += 16)
        for (row = 0; row < tiled; row += kTileRows) linear_tile<kTileRows, 1>(a, row, o);
    row = tiled;
    for (; row + 4 <= a.rows; row += 4) linear_rows<4>(a, row);
    for (; row + 2 <= a.rows; row += 2) linear_rows<2>(a, row);
    for (; row < a.rows; ++row) linear_one(a, row);
}

/// In three passes: within each the vectors are independent, so that the long chains of exp overlap.
void lstm_cell(float* gates, std::size_t n, float* c, float* h) {
    for (std::size_t i = 0; i < 2 * n; i += kLanes) store(gates + i, sigmoid8(load(gates + i)));
    for (std::size_t i = 2 * n; i < 3 * n; i += kLanes) store(gates + i, tanh8(load(gates + i)));
    for (std::size_t i = 3 * n; i < 4 * n; i += kLanes) store(gates + i, sigmoid8(load(gates + i)));
    for (std::size_t i = 0; i < n; i += kLanes) {
        const F8 in = load(gates + i), forget = load(gates + n + i), fresh = load(gates + 2 * n + i);
        const F8 cell = forget * load(c + i) + in * fresh;
        store(c + i, cell);
        store(h + i, load(gates + 3 * n + i) * tanh8(cell));
    }
}

void norm(const float* e, const float* weight, const float* bias, std::size_t n, float* out) {
    const float count = static_cast<float>(n);
    F8 sum = all(0.0F);
    for (std::size_t i = 0; i < n; i += kLanes) sum += load(e + i);
    const F8 mean = all(sum_lanes(sum) / count);
    F8 squares = all(0.0F);
    for (std::size_t i = 0; i < n; i += kLanes) {
        const F8 d = load(e + i) - mean;
        squares += d * d;
    }
    const F8 inverse = all(1.0F / __builtin_sqrtf(sum_lanes(squares) / count + 1e-5F));
    for (std::size_t i = 0; i < n; i += kLanes)
        store(out + i, (load(e + i) - mean) * inverse * load(weight + i) + load(bias + i));
}

/// Scores of one head for `vectors` x 8 slots from `slot` on, into a.p.
template <std::size_t vectors>
AIT_KERNEL void score_slots(const AttentionArgs& a, std::size_t head, std::size_t slot) {
    const std::size_t width = a.width / a.heads;
    const float* const q = a.q + head * width;
    const float* const keys = a.keys + head * width * a.slots + slot;
    F8 sum[vectors];
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) sum[v] = all(0.0F);
    for (std::size_t i = 0; i < width; ++i) {
        const F8 entry = all(q[i]);
#pragma GCC unroll 8
        for (std::size_t v = 0; v < vectors; ++v) sum[v] += entry * load(keys + i * a.slots + v * kLanes);
    }
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) {
        const std::size_t s = slot + v * kLanes;
        store(a.p + head * a.slots + s,
              sum[v] * all(a.scale) + load(a.bias + head * a.bias_stride + s) + load(a.mask + s));
    }
}

/// Scores to unnormalised weights in place, all heads at once for the sake of overlap.
AIT_KERNEL void soften(float* p, std::size_t heads, std::size_t slots) {
    for (float* q = p; q < p + heads * slots; q += slots) {
        F8 top = load(q);
        for (std::size_t s = kLanes; s < slots; s += kLanes) top = max8(top, load(q + s));
        const F8 most = all(max_lanes(top));
        for (std::size_t s = 0; s < slots; s += kLanes) store(q + s, (load(q + s) - most) * all(kLog2E));
    }
    for (std::size_t s = 0; s < heads * slots; s += kLanes) store(p + s, power_of_two(load(p + s)));
}

/// 1 / the sum of one head's weights.
AIT_KERNEL float inverse_sum(const float* p, std::size_t slots) {
    F8 sum = all(0.0F);
    for (std::size_t s = 0; s < slots; s += kLanes) sum += load(p + s);
    return 1.0F / sum_lanes(sum);
}

/// `heads` heads of `vectors` x 8 entries each, beginning with head `head`: enough sums at once to hide their
/// latency.
template <std::size_t heads, std::size_t vectors>
AIT_KERNEL void mix_heads(const AttentionArgs& a, std::size_t head, std::size_t at) {
    F8 sum[heads][vectors];
#pragma GCC unroll 8
    for (std::size_t h = 0; h < heads; ++h)
#pragma GCC unroll 8
        for (std::size_t v = 0; v < vectors; ++v) sum[h][v] = all(0.0F);
    const float* const p = a.p + head * a.slots;
    const float* value = a.values + at;
    for (std::size_t s = 0; s < a.slots; ++s, value += a.width) {
#pragma GCC unroll 8
        for (std::size_t h = 0; h < heads; ++h) {
            const F8 share = all(p[h * a.slots + s]);
#pragma GCC unroll 8
            for (std::size_t v = 0; v < vectors; ++v)
                sum[h][v] += share * load(value + (h * vectors + v) * kLanes);
        }
    }
#pragma GCC unroll 8
    for (std::size_t h = 0; h < heads; ++h) {
        const F8 inverse = all(inverse_sum(p + h * a.slots, a.slots));
#pragma GCC unroll 8
        for (std::size_t v = 0; v < vectors; ++v)
            store(a.out + at + (h * vectors + v) * kLanes, sum[h][v] * inverse);
    }
}

/// Heads of `vectors` x 8 entries, eight sums at a time as far as the heads go.
template <std::size_t vectors>
AIT_KERNEL void mix_all(const AttentionArgs& a) {
    constexpr std::size_t together = 8 / vectors, entries = vectors * kLanes;
    std::size_t head = 0;
    for (; head + together <= a.heads; head += together)
        mix_heads<together, vectors>(a, head, head * entries);
    for (; head < a.heads; ++head) mix_heads<1, vectors>(a, head, head * entries);
}

void attend(const AttentionArgs& a) {
    const std::size_t width = a.width / a.heads;
    for (std::size_t head = 0; head < a.heads; ++head) {
        std::size_t slot = 0;
        for (; slot + 8 * kLanes <= a.slots; slot += 8 * kLanes) score_slots<8>(a, head, slot);
        for (; slot < a.slots; slot += kLanes) score_slots<1>(a, head, slot);
    }
    soften(a.p, a.heads, a.slots);
    if (width == 8) return mix_all<1>(a);
    if (width == 16) return mix_all<2>(a);
    if (width == 32) return mix_all<4>(a);
    for (std::size_t head = 0; head < a.heads; ++head) {
        std::size_t at = head * width;
        const std::size_t end = at + width;
        for (; at + 8 * kLanes <= end; at += 8 * kLanes) mix_heads<1, 8>(a, head, at);
        for (; at < end; at += kLanes) mix_heads<1, 1>(a, head, at);
    }
}

void silu(float* x, std::size_t n) {
    for (std::size_t i = 0; i < n; i += kLanes) {
        const F8 v = load(x + i);
        store(x + i, v * sigmoid8(v));
    }
}

void tanh_all(float* x, std::size_t n) {
    for (std::size_t i = 0; i < n; i += kLanes) store(x + i, tanh8(load(x + i)));
}

void add(const float* x, std::size_t n, float* e) {
    for (std::size_t i = 0; i < n; i += kLanes) store(e + i, load(e + i) + load(x + i));
}

constexpr NetKernels kernels_called(const char* name) {
    return {name, standardise, linear, lstm_cell, norm, attend, silu, tanh_all, add};
}

}  // namespace
}  // namespace aitrading::models
