#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "models/deep/net_core.hpp"
#include "models/deep/packed_linear.hpp"

namespace aitrading::models {
namespace {

class CnnCore final : public NetCore {
  public:
    explicit CnnCore(const NetWeights& weights)
        : inputs_(weights.spec.inputs),
          width_(weights.spec.width),
          stride_(line_floats(width_)),
          embed_(weights.tensor("embed.weight"), weights.tensor("embed.bias"), inputs_),
          norm_(weights.tensor("norm.weight"), weights.tensor("norm.bias")) {
        for (std::size_t l = 0; l < weights.spec.dilations.size(); ++l)
            blocks_.push_back(block_of(weights, l));
    }

    /// For each block the bars before the chunk that its taps reach, then the bars of the chunk itself.
    std::size_t state_floats() const override {
        std::size_t bars = 0;
        for (const Block& block : blocks_) bars += block.past + kChunkBars;
        return bars * stride_;
    }
    std::size_t scratch_floats(std::size_t rows) const override { return rows * 3 * stride_; }
    void start(float* state) const override { std::fill_n(state, state_floats(), 0.0F); }

    void advance(const NetKernels& kernels, std::uint64_t bar, std::size_t rows, const float* x, float* state,
                 float* scratch, float* y) const override {
        float* const e = scratch;  // [rows][stride], like the two below
        float* const a = e + rows * stride_;
        float* const mixed = a + rows * stride_;
        const std::size_t in_chunk = bar % kChunkBars;
        embed_.apply(kernels, x, line_floats(inputs_), e, stride_, rows);
        for (const Block& block : blocks_) {
            // A chunk begins: what its taps reach of the chunk before moves to the front.
            if (in_chunk == 0 && bar > 0)
                std::copy_n(state + kChunkBars * stride_, block.past * stride_, state);
            float* const u = state + (block.past + in_chunk) * stride_;
            for (std::size_t r = 0; r < rows; ++r)
                block.norm.apply(kernels, e + r * stride_, u + r * stride_);
            convolve(kernels, block, rows, u, a);
            for (std::size_t r = 0; r < rows; ++r) kernels.silu(a + r * stride_, width_);
            block.mix.apply(kernels, a, stride_, mixed, stride_, rows);
            for (std::size_t r = 0; r < rows; ++r) kernels.add(mixed + r * stride_, width_, e + r * stride_);
            state += (block.past + kChunkBars) * stride_;
        }
        for (std::size_t r = 0; r < rows; ++r) norm_.apply(kernels, e + r * stride_, y + r * stride_);
    }

  private:
    struct Block {
        PackedNorm norm;
        std::vector<PackedLinear> taps;  ///< the oldest first; it carries the bias
        PackedLinear mix;
        std::size_t dilation = 1, past = 0;  ///< past: bars before the present that the taps reach
    };

    static Block block_of(const NetWeights& weights, std::size_t l) {
        const auto of = [&](const char* part) { return weights.tensor(fmt::format("block.{}.{}", l, part)); };
        const std::size_t width = weights.spec.width, kernel = weights.spec.kernel;
        Block block;
        block.norm = PackedNorm(of("norm.weight"), of("norm.bias"));
        for (std::size_t k = 0; k < kernel; ++k)
            block.taps.emplace_back(of("conv.weight").data() + k, width, width, width * kernel, kernel,
                                    k == 0 ? of("conv.bias") : std::span<const float>{});
        block.mix = PackedLinear(of("mix.weight"), of("mix.bias"), width);
        block.dilation = weights.spec.dilations[l];
        block.past = (kernel - 1) * block.dilation;
        return block;
    }

    /// @param u the present bars' rows, behind which the past ones lie
    void convolve(const NetKernels& kernels, const Block& block, std::size_t rows, const float* u,
                  float* a) const {
        const float* tap = u - block.past * stride_;
        block.taps[0].apply(kernels, tap, stride_, a, stride_, rows);
        for (std::size_t k = 1; k < block.taps.size(); ++k) {
            tap += block.dilation * stride_;
            block.taps[k].accumulate(kernels, tap, stride_, a, stride_, rows);
        }
    }

    std::size_t inputs_, width_, stride_;
    PackedLinear embed_;
    std::vector<Block> blocks_;
    PackedNorm norm_;
};

}  // namespace

std::unique_ptr<const NetCore> make_cnn_core(const NetWeights& weights) {
    return std::make_unique<CnnCore>(weights);
}

}  // namespace aitrading::models
