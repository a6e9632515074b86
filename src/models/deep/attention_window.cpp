#include "models/deep/attention_window.hpp"

#include <algorithm>
#include <cmath>

namespace aitrading::models {
namespace {

float inverse_root(std::size_t count) {
    return static_cast<float>(1 / std::sqrt(static_cast<double>(count)));
}

}  // namespace

AttentionWindow::AttentionWindow(std::size_t width, std::size_t heads, std::size_t window,
                                 std::span<const float> age_bias)
    : width_(width),
      heads_(heads),
      window_(window),
      slots_((window + 7) / 8 * 8),
      bias_stride_(line_floats(2 * window + 8)),
      scale_(inverse_root(width / heads)),
      turned_bias_(heads * bias_stride_) {
    for (std::size_t h = 0; h < heads; ++h)
        for (std::size_t m = 0; m < 2 * window + 8; ++m)
            turned_bias_[h * bias_stride_ + m] = age_bias[h * window + (window - m % window) % window];
}

void AttentionWindow::start(float* state) const {
    std::fill_n(state, state_floats(), 0.0F);
    std::fill_n(state + 2 * width_ * slots_, slots_, kMasked);
}

void AttentionWindow::step(const NetKernels& kernels, std::uint64_t bar, const float* q, const float* k,
                           const float* v, float* state, float* scratch, float* out) const {
    float* const keys = state;
    float* const values = state + width_ * slots_;
    float* const mask = values + width_ * slots_;
    const std::size_t slot = bar % window_;
    for (std::size_t i = 0; i < width_; ++i) keys[i * slots_ + slot] = k[i];
    std::copy_n(v, width_, values + slot * width_);
    mask[slot] = 0;
    kernels.attend({.width = width_,
                    .heads = heads_,
                    .slots = slots_,
                    .q = q,
                    .keys = keys,
                    .values = values,
                    // Slot s holds age (slot - s) mod window, which stands at s + window - slot.
                    .bias = turned_bias_.data() + window_ - slot,
                    .bias_stride = bias_stride_,
                    .mask = mask,
                    .scale = scale_,
                    .p = scratch,
                    .out = out});
}

}  // namespace aitrading::models
