#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "models/deep/attention_window.hpp"
#include "models/deep/gradient_parts.hpp"
#include "models/deep/net_gradient.hpp"
#include "models/deep/residual_ends.hpp"

namespace aitrading::models {
namespace {

class TransformerGradient final : public NetGradient {
  public:
    explicit TransformerGradient(const NetWeights& weights)
        : width_(weights.spec.width),
          feed_(weights.spec.feed_forward),
          stride_(line_floats(width_)),
          heads_stride_(line_floats(3 * width_)),
          feed_stride_(line_floats(feed_)),
          ends_(weights) {
        for (std::size_t l = 0; l < weights.spec.layers; ++l) {
            const auto of = [&](const char* part) { return weights.tensor(fmt::format("block.{}.{}", l, part)); };
            const auto ages = of("age_bias");
            blocks_.push_back({PackedNorm(of("norm1.weight"), of("norm1.bias")), PackedNorm(of("norm2.weight"), of("norm2.bias")),
                               // The three tensors follow each other in the flat vector.
                               BothWays(std::span<const float>(of("query").data(), 3 * of("query").size()), {}, width_),
                               BothWays(of("out.weight"), of("out.bias"), width_), BothWays(of("expand.weight"), of("expand.bias"), width_),
                               BothWays(of("contract.weight"), of("contract.bias"), feed_),
                               {width_, weights.spec.heads, weights.spec.window, {ages.begin(), ages.end()}}});
        }
        window_floats_ = AttentionWindow(width_, weights.spec.heads, weights.spec.window, blocks_[0].attention.age_bias).state_floats();
    }

    void run(const NetKernels& kernels, const GradientPoints& at, std::span<double> out_logit, float* out_x) const override {
        const std::size_t points = at.factor.size(), last = (at.bars - 1) * points;
        AlignedFloats e = ends_.embed(kernels, at);
        std::vector<Tape> tapes;
        for (std::size_t l = 0; l < blocks_.size(); ++l) {
            // Of the last block only the last bar's output is read.
            tapes.push_back({l + 1 == blocks_.size() ? last : 0, points, at.bars, PastWindow(at.memory + l * window_floats_, at.bar, width_, blocks_[l].attention.window)});
            there(kernels, blocks_[l], tapes.back(), e);
        }
        AlignedFloats de(e.size());
        ends_.answer(kernels, e, out_logit, de);
        for (std::size_t l = blocks_.size(); l-- > 0;) back(kernels, blocks_[l], tapes[l], de);
        ends_.inputs_back(kernels, at, de, out_x);
    }

  private:
    struct Block {
        PackedNorm norm1, norm2;
        BothWays heads, out, expand, contract;
        Attention attention;
    };
    /// What the way there leaves; rows are [bars][points], those before `first` are read as keys and values only.
    struct Tape {
        std::size_t first = 0, points = 0, bars = 0;
        PastWindow past;
        AlignedFloats e_in = {}, e_mid = {}, heads = {}, mixed = {}, a = {}, s = {}, share = {};
    };
    /// Keys and values that a row sees, by age, and where their gradients go.
    struct Seen {
        std::vector<const float*> keys, values;
        std::vector<float*> dkeys, dvalues;
    };

    void look(const Block& block, const Tape& tape, std::size_t row, float* dheads, Seen& out) const {
        const std::size_t t = row / tape.points, ages = std::min(block.attention.window, t + 1 + tape.past.ages);
        out.keys.resize(ages), out.values.resize(ages), out.dkeys.assign(ages, nullptr), out.dvalues.assign(ages, nullptr);
        for (std::size_t a = 0; a < ages; ++a) {
            if (a > t) {
                out.keys[a] = tape.past.key(a - t);
                out.values[a] = tape.past.value(a - t);
                continue;
            }
            const std::size_t at = (row - a * tape.points) * heads_stride_;
            out.keys[a] = tape.heads.data() + at + width_;
            out.values[a] = out.keys[a] + width_;
            if (dheads == nullptr) continue;
            out.dkeys[a] = dheads + at + width_;
            out.dvalues[a] = out.dkeys[a] + width_;
        }
    }

    void there(const NetKernels& kernels, const Block& block, Tape& tape, AlignedFloats& e) const {
        const std::size_t rows = e.size() / stride_, first = tape.first, active = rows - first, shares = block.attention.heads * block.attention.window;
        tape.e_in = e;
        AlignedFloats u(rows * stride_);
        tape.heads.resize(rows * heads_stride_);
        tape.mixed.resize(rows * stride_);
        tape.share.resize(rows * shares);
        for (std::size_t r = 0; r < rows; ++r) block.norm1.apply(kernels, e.data() + r * stride_, u.data() + r * stride_);
        block.heads.there.apply(kernels, u.data(), stride_, tape.heads.data(), heads_stride_, rows);
        Seen seen;
        for (std::size_t r = first; r < rows; ++r) {
            look(block, tape, r, nullptr, seen);
            block.attention.there(tape.heads.data() + r * heads_stride_, seen.keys, seen.values, tape.share.data() + r * shares, tape.mixed.data() + r * stride_);
        }
        float* const from = e.data() + first * stride_;
        block.out.there.apply(kernels, tape.mixed.data() + first * stride_, stride_, u.data(), stride_, active);
        kernels.add(u.data(), active * stride_, from);
        tape.e_mid = e;
        tape.a.resize(active * feed_stride_);
        for (std::size_t r = 0; r < active; ++r) block.norm2.apply(kernels, from + r * stride_, u.data() + r * stride_);
        block.expand.there.apply(kernels, u.data(), stride_, tape.a.data(), feed_stride_, active);
        tape.s = tape.a;
        kernels.silu(tape.s.data(), active * feed_stride_);
        block.contract.there.apply(kernels, tape.s.data(), feed_stride_, u.data(), stride_, active);
        kernels.add(u.data(), active * stride_, from);
    }

    void back(const NetKernels& kernels, const Block& block, const Tape& tape, AlignedFloats& de) const {
        const std::size_t rows = de.size() / stride_, first = tape.first, active = rows - first, shares = block.attention.heads * block.attention.window;
        AlignedFloats ds(active * feed_stride_), du(rows * stride_), dheads(rows * heads_stride_);
        float* const from = de.data() + first * stride_;
        block.contract.back.apply(kernels, from, stride_, ds.data(), feed_stride_, active);
        silu_back(tape.a.data(), tape.s.data(), active * feed_stride_, ds.data());
        block.expand.back.apply(kernels, ds.data(), feed_stride_, du.data(), stride_, active);
        for (std::size_t r = 0; r < active; ++r) norm_back(block.norm2, tape.e_mid.data() + (first + r) * stride_, du.data() + r * stride_, from + r * stride_);
        block.out.back.apply(kernels, from, stride_, du.data(), stride_, active);
        Seen seen;
        for (std::size_t r = first; r < rows; ++r) {
            look(block, tape, r, dheads.data(), seen);
            block.attention.back(du.data() + (r - first) * stride_, tape.mixed.data() + r * stride_, tape.heads.data() + r * heads_stride_, seen.keys, seen.values,
                                 tape.share.data() + r * shares, dheads.data() + r * heads_stride_, seen.dkeys, seen.dvalues);
        }
        block.heads.back.apply(kernels, dheads.data(), heads_stride_, du.data(), stride_, rows);
        for (std::size_t r = 0; r < rows; ++r) norm_back(block.norm1, tape.e_in.data() + r * stride_, du.data() + r * stride_, de.data() + r * stride_);
    }

    std::size_t width_, feed_, stride_, heads_stride_, feed_stride_, window_floats_ = 0;
    ResidualEnds ends_;
    std::vector<Block> blocks_;
};

}  // namespace

std::unique_ptr<const NetGradient> make_transformer_gradient(const NetWeights& weights) {
    return std::make_unique<TransformerGradient>(weights);
}

std::unique_ptr<const NetGradient> make_gradient(const NetWeights& weights) {
    switch (weights.spec.kind) {
        case NetKind::lstm:
            return make_lstm_gradient(weights);
        case NetKind::transformer:
            return make_transformer_gradient(weights);
        case NetKind::cnn:
            return make_cnn_gradient(weights);
    }
    return nullptr;
}

}  // namespace aitrading::models
