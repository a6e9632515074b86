#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "models/deep/net_kernels.hpp"
#include "models/deep/net_weights.hpp"

namespace aitrading::models {

/// The part of a net between its standardised input and its head. Immutable; states and scratch belong to the
/// caller.
class NetCore {
  public:
    /// Bars of a chunk: `advance` never crosses a bar number that is a multiple of it.
    static constexpr std::size_t kChunkBars = 64;

    virtual ~NetCore() = default;
    virtual std::size_t state_floats() const = 0;
    virtual std::size_t scratch_floats(std::size_t rows) const = 0;
    /// The state before the first bar.
    virtual void start(float* state) const = 0;
    /// Takes in `rows` bars, the first of which has number `bar`; the bits do not depend on how bars are cut
    /// into calls.
    /// @param x [rows][line_floats(inputs)]   @param y [rows][line_floats(width)]: the last hidden vectors
    /// @pre 1 <= rows <= kChunkBars - bar % kChunkBars
    virtual void advance(const NetKernels& kernels, std::uint64_t bar, std::size_t rows, const float* x,
                         float* state, float* scratch, float* y) const = 0;
};

/// @pre check_weights
std::unique_ptr<const NetCore> make_lstm_core(const NetWeights& weights);
std::unique_ptr<const NetCore> make_transformer_core(const NetWeights& weights);
std::unique_ptr<const NetCore> make_cnn_core(const NetWeights& weights);

}  // namespace aitrading::models
