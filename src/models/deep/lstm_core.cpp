#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "models/deep/attention_window.hpp"
#include "models/deep/net_core.hpp"
#include "models/deep/packed_linear.hpp"

namespace aitrading::models {
namespace {

class LstmCore final : public NetCore {
  public:
    explicit LstmCore(const NetWeights& weights)
        : inputs_(weights.spec.inputs),
          width_(weights.spec.width),
          stride_(line_floats(width_)),
          query_(weights.tensor("attention.query"), {}, width_),
          combine_(weights.tensor("combine.weight"), weights.tensor("combine.bias"), 2 * width_),
          window_(width_, 1, weights.spec.window, weights.tensor("attention.age_bias")) {
        for (std::size_t l = 0; l < weights.spec.layers; ++l) {
            const auto of = [&](const char* part) {
                return weights.tensor(fmt::format("lstm.{}.{}", l, part));
            };
            layers_.push_back({PackedLinear(of("weight_ih"), of("bias"), l == 0 ? inputs_ : width_),
                               PackedLinear(of("weight_hh"), {}, width_)});
        }
    }

    std::size_t state_floats() const override {
        return window_.state_floats() + 2 * layers_.size() * stride_;
    }
    std::size_t scratch_floats(std::size_t rows) const override {
        return rows * (4 * width_ + 2 * stride_ + line_floats(2 * width_)) + window_.scratch_floats();
    }
    void start(float* state) const override {
        window_.start(state);
        std::fill_n(state + window_.state_floats(), 2 * layers_.size() * stride_, 0.0F);
    }

    void advance(const NetKernels& kernels, std::uint64_t bar, std::size_t rows, const float* x, float* state,
                 float* scratch, float* y) const override {
        float* const hidden = scratch;                    // [rows][stride]
        float* const queries = hidden + rows * stride_;   // [rows][stride]
        float* const gates = queries + rows * stride_;    // [rows][4 width]
        float* const joined = gates + rows * 4 * width_;  // [rows][line(2 width)]
        float* const shares = joined + rows * line_floats(2 * width_);
        float* cell = state + window_.state_floats();
        for (std::size_t l = 0; l < layers_.size(); ++l, cell += 2 * stride_) {
            const float* const below = l == 0 ? x : hidden;
            layers_[l].below.apply(kernels, below, l == 0 ? line_floats(inputs_) : stride_, gates, 4 * width_,
                                   rows);
            recur(kernels, layers_[l].before, rows, gates, cell, hidden);
        }
        query_.apply(kernels, hidden, stride_, queries, stride_, rows);
        const std::size_t joined_stride = line_floats(2 * width_);
        for (std::size_t r = 0; r < rows; ++r) {
            const float* const h = hidden + r * stride_;
            float* const out = joined + r * joined_stride;
            std::copy_n(h, width_, out);
            window_.step(kernels, bar + r, queries + r * stride_, h, h, state, shares, out + width_);
        }
        combine_.apply(kernels, joined, joined_stride, y, stride_, rows);
        for (std::size_t r = 0; r < rows; ++r) kernels.tanh(y + r * stride_, width_);
    }

  private:
    struct Layer {
        PackedLinear below, before;  ///< of the layer below with the bias; of its own state at the bar before
    };

    /// The part that must go bar by bar. @param cell c and h, [2][stride]
    void recur(const NetKernels& kernels, const PackedLinear& before, std::size_t rows, float* gates,
               float* cell, float* hidden) const {
        float* const h = cell + stride_;
        for (std::size_t r = 0; r < rows; ++r, gates += 4 * width_) {
            before.accumulate(kernels, h, stride_, gates, 4 * width_, 1, r % 2 == 1);
            kernels.lstm_cell(gates, width_, cell, h);
            std::copy_n(h, width_, hidden + r * stride_);
        }
    }

    std::size_t inputs_, width_, stride_;
    std::vector<Layer> layers_;
    PackedLinear query_, combine_;
    AttentionWindow window_;
};

}  // namespace

std::unique_ptr<const NetCore> make_lstm_core(const NetWeights& weights) {
    return std::make_unique<LstmCore>(weights);
}

}  // namespace aitrading::models
