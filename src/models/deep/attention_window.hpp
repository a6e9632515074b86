#pragma once

#include <cstdint>
#include <span>

#include "models/deep/aligned_floats.hpp"
#include "models/deep/net_kernels.hpp"

namespace aitrading::models {

/// Attention over the last `window` bars, kept as slots of a ring: a new bar overwrites the key and the value
/// of the bar that leaves, nothing else moves. Biases of ages are read at an offset that turns with the ring.
class AttentionWindow {
  public:
    AttentionWindow() = default;
    /// @param age_bias [heads x window], by age in bars
    AttentionWindow(std::size_t width, std::size_t heads, std::size_t window,
                    std::span<const float> age_bias);

    /// What one stream keeps: keys, values, mask.
    std::size_t state_floats() const { return 2 * width_ * slots_ + line_floats(slots_); }
    std::size_t scratch_floats() const { return line_floats(heads_ * slots_); }
    /// The state before the first bar.
    void start(float* state) const;
    /// Takes in the key and value of bar number `bar` (0, 1, 2, …) and attends from it.
    /// @param q, k, v, out [width]   @complexity O(width x window), no allocation
    void step(const NetKernels& kernels, std::uint64_t bar, const float* q, const float* k, const float* v,
              float* state, float* scratch, float* out) const;

  private:
    std::size_t width_ = 0, heads_ = 1, window_ = 1, slots_ = 8;
    std::size_t bias_stride_ = 0;
    float scale_ = 1;
    AlignedFloats turned_bias_;  ///< [heads][2 window + 8]: entry m holds the bias of age (-m) mod window
};

}  // namespace aitrading::models
