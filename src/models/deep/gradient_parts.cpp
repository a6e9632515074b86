#include "models/deep/gradient_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/deep/net_spec.hpp"

namespace aitrading::models {

float dot(const float* a, const float* b, std::size_t n) {
    std::array<float, 8> sum{};
    for (std::size_t i = 0; i < n; i += 8)
        for (std::size_t k = 0; k < 8; ++k) sum[k] += a[i + k] * b[i + k];
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

void add_scaled(float a, const float* x, std::size_t n, float* y) {
    for (std::size_t i = 0; i < n; i += 8)
        for (std::size_t k = 0; k < 8; ++k) y[i + k] += a * x[i + k];
}

void norm_back(const PackedNorm& norm, const float* e, const float* du, float* de) {
    const std::size_t n = norm.weight.size();
    const float* const w = norm.weight.data();
    const auto count = static_cast<float>(n);
    using Lanes = std::array<float, 8>;  // a single sum would wait for each of its additions
    const auto total = [](const Lanes& x) { return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7])); };
    Lanes sum{}, squares{}, slopes{}, turns{};
    for (std::size_t i = 0; i < n; i += 8)
        for (std::size_t k = 0; k < 8; ++k) sum[k] += e[i + k];
    const float mean = total(sum) / count;
    for (std::size_t i = 0; i < n; i += 8)
        for (std::size_t k = 0; k < 8; ++k) {
            const float off = e[i + k] - mean, d = du[i + k] * w[i + k];
            squares[k] += off * off;
            slopes[k] += d;
            turns[k] += d * off;
        }
    const float inverse = 1 / std::sqrt(total(squares) / count + kNormEpsilon);
    const float slope = total(slopes) / count, turn = total(turns) / count * inverse * inverse;
    for (std::size_t i = 0; i < n; ++i) de[i] += inverse * (du[i] * w[i] - slope - (e[i] - mean) * turn);
}

void silu_back(const float* a, const float* s, std::size_t n, float* ds) {
    for (std::size_t i = 0; i < n; ++i) {
        const float sigma = a[i] == 0 ? 0.5F : s[i] / a[i];
        ds[i] *= sigma + s[i] * (1 - sigma);
    }
}

float Attention::scale() const {
    const std::size_t part = width / heads;
    return 1 / std::sqrt(static_cast<float>(part));
}

void Attention::there(const float* q, std::span<const float* const> keys, std::span<const float* const> values, float* share, float* out) const {
    const std::size_t part = width / heads;
    std::fill_n(out, width, 0.0F);
    for (std::size_t h = 0; h < heads; ++h, share += window) {
        float most = -INFINITY, sum = 0;
        for (std::size_t a = 0; a < keys.size(); ++a) {
            share[a] = dot(q + h * part, keys[a] + h * part, part) * scale() + age_bias[h * window + a];
            most = std::max(most, share[a]);
        }
        for (std::size_t a = 0; a < keys.size(); ++a) sum += share[a] = std::exp(share[a] - most);
        for (std::size_t a = 0; a < keys.size(); ++a) {
            share[a] /= sum;
            add_scaled(share[a], values[a] + h * part, part, out + h * part);
        }
    }
}

void Attention::back(const float* dout, const float* out, const float* q, std::span<const float* const> keys, std::span<const float* const> values,
                     const float* share, float* dq, std::span<float* const> dkeys, std::span<float* const> dvalues) const {
    const std::size_t part = width / heads;
    for (std::size_t h = 0; h < heads; ++h, share += window) {
        const std::size_t at = h * part;
        // The shares sum to one: what all values have in common moves none of them.
        const float common = dot(dout + at, out + at, part);
        for (std::size_t a = 0; a < keys.size(); ++a) {
            const float score = share[a] * (dot(dout + at, values[a] + at, part) - common) * scale();
            add_scaled(score, keys[a] + at, part, dq + at);
            if (dkeys[a] != nullptr) add_scaled(score, q + at, part, dkeys[a] + at);
            if (dvalues[a] != nullptr) add_scaled(share[a], dout + at, part, dvalues[a] + at);
        }
    }
}

PastWindow::PastWindow(const float* memory, std::uint64_t bar, std::size_t w, std::size_t window)
    : ages(static_cast<std::size_t>(std::min<std::uint64_t>(bar, window - 1))), width(w) {
    const std::size_t slots = (window + 7) / 8 * 8;
    keys.resize(ages * width);
    values.resize(ages * width);
    for (std::size_t age = 1; age <= ages; ++age) {
        const std::size_t slot = (bar - age) % window;
        for (std::size_t i = 0; i < width; ++i) keys[(age - 1) * width + i] = memory[i * slots + slot];
        std::copy_n(memory + width * slots + slot * width, width, values.data() + (age - 1) * width);
    }
}

void sum_points(const float* rows, std::size_t bars, std::span<const float> weight, std::size_t stride, float* out) {
    std::fill_n(out, bars * stride, 0.0F);
    for (std::size_t t = 0; t < bars; ++t)
        for (std::size_t p = 0; p < weight.size(); ++p, rows += stride) add_scaled(weight[p], rows, stride, out + t * stride);
}

}  // namespace aitrading::models
