#include <vector>

#include <fmt/format.h>

#include "models/deep/attention_window.hpp"
#include "models/deep/net_core.hpp"
#include "models/deep/packed_linear.hpp"

namespace aitrading::models {
namespace {

class TransformerCore final : public NetCore {
  public:
    explicit TransformerCore(const NetWeights& weights)
        : inputs_(weights.spec.inputs),
          width_(weights.spec.width),
          feed_(weights.spec.feed_forward),
          stride_(line_floats(width_)),
          heads_stride_(line_floats(3 * width_)),
          feed_stride_(line_floats(feed_)),
          embed_(weights.tensor("embed.weight"), weights.tensor("embed.bias"), inputs_),
          norm_(weights.tensor("norm.weight"), weights.tensor("norm.bias")) {
        for (std::size_t l = 0; l < weights.spec.layers; ++l) blocks_.push_back(block_of(weights, l));
    }

    std::size_t state_floats() const override { return blocks_.size() * blocks_[0].window.state_floats(); }
    std::size_t scratch_floats(std::size_t rows) const override {
        return rows * (3 * stride_ + heads_stride_ + feed_stride_) + blocks_[0].window.scratch_floats();
    }
    void start(float* state) const override {
        for (const Block& block : blocks_) {
            block.window.start(state);
            state += block.window.state_floats();
        }
    }

    void advance(const NetKernels& kernels, std::uint64_t bar, std::size_t rows, const float* x, float* state,
                 float* scratch, float* y) const override {
        Scratch at;
        at.e = scratch;
        at.u = at.e + rows * stride_;
        at.mixed = at.u + rows * stride_;
        at.heads = at.mixed + rows * stride_;
        at.feed = at.heads + rows * heads_stride_;
        at.shares = at.feed + rows * feed_stride_;
        embed_.apply(kernels, x, line_floats(inputs_), at.e, stride_, rows);
        for (const Block& block : blocks_) {
            attend(kernels, block, bar, rows, state, at);
            feed_forward(kernels, block, rows, at);
            state += block.window.state_floats();
        }
        norm_rows(kernels, norm_, rows, at.e, y);
    }

  private:
    struct Block {
        PackedNorm norm1, norm2;
        PackedLinear heads;  ///< query, key and value in one pass over their input
        PackedLinear out, expand, contract;
        AttentionWindow window;
    };
    /// Rows of e, u and mixed stand `stride_` apart, the others as their names say.
    struct Scratch {
        float *e, *u, *mixed, *heads, *feed, *shares;
    };

    static Block block_of(const NetWeights& weights, std::size_t l) {
        const NetSpec& spec = weights.spec;
        const auto of = [&](const char* part) { return weights.tensor(fmt::format("block.{}.{}", l, part)); };
        // The three tensors follow each other in the flat vector.
        const std::span<const float> heads(of("query").data(), 3 * of("query").size());
        return {PackedNorm(of("norm1.weight"), of("norm1.bias")),
                PackedNorm(of("norm2.weight"), of("norm2.bias")),
                PackedLinear(heads, {}, spec.width),
                PackedLinear(of("out.weight"), of("out.bias"), spec.width),
                PackedLinear(of("expand.weight"), of("expand.bias"), spec.width),
                PackedLinear(of("contract.weight"), of("contract.bias"), spec.feed_forward),
                AttentionWindow(spec.width, spec.heads, spec.window, of("age_bias"))};
    }

    void norm_rows(const NetKernels& kernels, const PackedNorm& norm, std::size_t rows, const float* e,
                   float* out) const {
        for (std::size_t r = 0; r < rows; ++r) norm.apply(kernels, e + r * stride_, out + r * stride_);
    }

    void attend(const NetKernels& kernels, const Block& block, std::uint64_t bar, std::size_t rows,
                float* state, const Scratch& at) const {
        norm_rows(kernels, block.norm1, rows, at.e, at.u);
        block.heads.apply(kernels, at.u, stride_, at.heads, heads_stride_, rows);
        for (std::size_t r = 0; r < rows; ++r) {
            const float* const q = at.heads + r * heads_stride_;
            block.window.step(kernels, bar + r, q, q + width_, q + 2 * width_, state, at.shares,
                              at.mixed + r * stride_);
        }
        block.out.apply(kernels, at.mixed, stride_, at.u, stride_, rows);
        for (std::size_t r = 0; r < rows; ++r) kernels.add(at.u + r * stride_, width_, at.e + r * stride_);
    }

    void feed_forward(const NetKernels& kernels, const Block& block, std::size_t rows,
                      const Scratch& at) const {
        norm_rows(kernels, block.norm2, rows, at.e, at.u);
        block.expand.apply(kernels, at.u, stride_, at.feed, feed_stride_, rows);
        for (std::size_t r = 0; r < rows; ++r) kernels.silu(at.feed + r * feed_stride_, feed_);
        block.contract.apply(kernels, at.feed, feed_stride_, at.u, stride_, rows);
        for (std::size_t r = 0; r < rows; ++r) kernels.add(at.u + r * stride_, width_, at.e + r * stride_);
    }

    std::size_t inputs_, width_, feed_, stride_, heads_stride_, feed_stride_;
    PackedLinear embed_;
    std::vector<Block> blocks_;
    PackedNorm norm_;
};

}  // namespace

std::unique_ptr<const NetCore> make_transformer_core(const NetWeights& weights) {
    return std::make_unique<TransformerCore>(weights);
}

}  // namespace aitrading::models
