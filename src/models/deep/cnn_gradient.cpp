#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "models/deep/gradient_parts.hpp"
#include "models/deep/net_core.hpp"
#include "models/deep/net_gradient.hpp"
#include "models/deep/residual_ends.hpp"

namespace aitrading::models {
namespace {

class CnnGradient final : public NetGradient {
  public:
    explicit CnnGradient(const NetWeights& weights)
        : width_(weights.spec.width),
          stride_(line_floats(width_)),
          ends_(weights) {
        const std::size_t kernel = weights.spec.kernel;
        for (std::size_t l = 0; l < weights.spec.dilations.size(); ++l) {
            const auto of = [&](const char* part) { return weights.tensor(fmt::format("block.{}.{}", l, part)); };
            Block block;
            block.norm = PackedNorm(of("norm.weight"), of("norm.bias"));
            for (std::size_t k = 0; k < kernel; ++k)
                block.taps.emplace_back(of("conv.weight").data() + k, width_, width_, width_ * kernel, kernel, k == 0 ? of("conv.bias") : std::span<const float>{});
            block.mix = BothWays(of("mix.weight"), of("mix.bias"), width_);
            block.dilation = weights.spec.dilations[l];
            block.past = (kernel - 1) * block.dilation;
            blocks_.push_back(std::move(block));
        }
    }

    void run(const NetKernels& kernels, const GradientPoints& at, std::span<double> out_logit, float* out_x) const override {
        const std::size_t points = at.factor.size();
        AlignedFloats e = ends_.embed(kernels, at);
        std::vector<Tape> tapes = asked_of(at.bars);
        const float* memory = at.memory;
        for (std::size_t l = 0; l < blocks_.size(); ++l) {
            block_there(kernels, blocks_[l], at, memory, tapes[l], e);
            memory += (blocks_[l].past + NetCore::kChunkBars) * stride_;
        }
        AlignedFloats de(e.size());
        ends_.answer(kernels, e, out_logit, de);
        for (std::size_t l = blocks_.size(); l-- > 0;) block_back(kernels, blocks_[l], tapes[l], points, de);
        ends_.inputs_back(kernels, at, de, out_x);
    }

  private:
    struct Block {
        PackedNorm norm;
        std::vector<BothWays> taps;  ///< the oldest first; it carries the bias
        BothWays mix;
        std::size_t dilation = 1, past = 0;
    };
    struct Tape {
        std::vector<std::size_t> asked, read;  ///< bars whose output the last bar's answer depends on, and those that they read
        AlignedFloats e, a, s;                 ///< [bars][points][stride]: into the norm, before and after silu
    };

    /// Of a block only few bars are asked: from the last bar back through the taps of the blocks above.
    std::vector<Tape> asked_of(std::size_t bars) const {
        std::vector<Tape> tapes(blocks_.size());
        std::vector<bool> asked(bars);
        asked[bars - 1] = true;
        for (std::size_t l = blocks_.size(); l-- > 0;) {
            std::vector<bool> read(bars);
            for (std::size_t t = 0; t < bars; ++t) {
                if (!asked[t]) continue;
                tapes[l].asked.push_back(t);
                for (std::size_t back = 0; back <= std::min(t, blocks_[l].past); back += blocks_[l].dilation) read[t - back] = true;
            }
            for (std::size_t t = 0; t < bars; ++t)
                if (read[t]) tapes[l].read.push_back(t);
            asked = std::move(read);
        }
        return tapes;
    }

    void block_there(const NetKernels& kernels, const Block& block, const GradientPoints& at, const float* memory, Tape& tape, AlignedFloats& e) const {
        const std::size_t points = at.factor.size(), row = points * stride_;  // floats of a bar
        tape.e = e;
        tape.a.resize(e.size());
        tape.s.resize(e.size());
        AlignedFloats u(block.past * row + e.size()), mixed(row);
        // The bars before: of a chunk that has just ended they have not moved to the front yet, see CnnCore.
        const std::size_t in_chunk = at.bar % NetCore::kChunkBars, begin = in_chunk == 0 && at.bar > 0 ? NetCore::kChunkBars : in_chunk;
        for (std::size_t r = 0; r < block.past * points; ++r) std::copy_n(memory + (begin + r / points) * stride_, stride_, u.data() + r * stride_);
        for (const std::size_t t : tape.read)
            for (std::size_t p = 0; p < points; ++p) block.norm.apply(kernels, e.data() + t * row + p * stride_, u.data() + (block.past + t) * row + p * stride_);
        for (const std::size_t t : tape.asked) {
            float* const a = tape.a.data() + t * row;
            for (std::size_t k = 0; k < block.taps.size(); ++k) {
                const float* const tap = u.data() + (t + k * block.dilation) * row;
                if (k == 0) block.taps[k].there.apply(kernels, tap, stride_, a, stride_, points);
                else block.taps[k].there.accumulate(kernels, tap, stride_, a, stride_, points);
            }
            std::copy_n(a, row, tape.s.data() + t * row);
            kernels.silu(tape.s.data() + t * row, row);
            block.mix.there.apply(kernels, tape.s.data() + t * row, stride_, mixed.data(), stride_, points);
            kernels.add(mixed.data(), row, e.data() + t * row);
        }
    }

    void block_back(const NetKernels& kernels, const Block& block, const Tape& tape, std::size_t points, AlignedFloats& de) const {
        const std::size_t row = points * stride_;
        AlignedFloats ds(row), du(de.size());
        for (const std::size_t t : tape.asked) {
            block.mix.back.apply(kernels, de.data() + t * row, stride_, ds.data(), stride_, points);
            silu_back(tape.a.data() + t * row, tape.s.data() + t * row, row, ds.data());
            for (std::size_t k = 0; k < block.taps.size(); ++k) {
                const std::size_t back = (block.taps.size() - 1 - k) * block.dilation;  // bars that this tap looks back
                if (back <= t) block.taps[k].back.accumulate(kernels, ds.data(), stride_, du.data() + (t - back) * row, stride_, points);
            }
        }
        for (const std::size_t t : tape.read)
            for (std::size_t p = 0; p < points; ++p) {
                const std::size_t at = t * row + p * stride_;
                norm_back(block.norm, tape.e.data() + at, du.data() + at, de.data() + at);
            }
    }

    std::size_t width_, stride_;
    ResidualEnds ends_;
    std::vector<Block> blocks_;
};

}  // namespace

std::unique_ptr<const NetGradient> make_cnn_gradient(const NetWeights& weights) {
    return std::make_unique<CnnGradient>(weights);
}

}  // namespace aitrading::models
