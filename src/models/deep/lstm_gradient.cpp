#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "models/deep/attention_window.hpp"
#include "models/deep/gradient_parts.hpp"
#include "models/deep/net_gradient.hpp"

namespace aitrading::models {
namespace {

class LstmGradient final : public NetGradient {
  public:
    explicit LstmGradient(const NetWeights& weights)
        : inputs_(weights.spec.inputs),
          width_(weights.spec.width),
          stride_(line_floats(width_)),
          query_(weights.tensor("attention.query"), {}, width_),
          combine_(weights.tensor("combine.weight"), weights.tensor("combine.bias"), 2 * width_),
          head_bias_(weights.tensor("head.bias")[0]) {
        for (std::size_t l = 0; l < weights.spec.layers; ++l) {
            const auto of = [&](const char* part) { return weights.tensor(fmt::format("lstm.{}.{}", l, part)); };
            const auto bias = of("bias");
            // The first layer's input is a multiple of one row for all points: its bias is added apart.
            layers_.push_back({BothWays(of("weight_ih"), l == 0 ? std::span<const float>{} : bias, l == 0 ? inputs_ : width_), BothWays(of("weight_hh"), {}, width_)});
            if (l == 0) first_bias_.assign(bias.begin(), bias.end());
        }
        const auto age_bias = weights.tensor("attention.age_bias"), head = weights.tensor("head.weight");
        attention_ = {width_, 1, weights.spec.window, {age_bias.begin(), age_bias.end()}};
        head_.assign(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(width_));
    }

    void run(const NetKernels& kernels, const GradientPoints& at, std::span<double> out_logit, float* out_x) const override {
        Tape tape = forward(kernels, at);
        AlignedFloats above(at.bars * tape.points * stride_);  // d logit / d top state, [bars][points]
        attend(kernels, at, tape, out_logit, above);
        back(kernels, at, tape, above, out_x);
    }

  private:
    struct Layer {
        BothWays below, before;
    };
    /// What the way there leaves for the way back; rows are [bars][points], states have one bar more at their front.
    struct Tape {
        std::size_t points = 0;
        std::vector<AlignedFloats> gates, c, h;  ///< [layers]
    };

    Tape forward(const NetKernels& kernels, const GradientPoints& at) const {
        const std::size_t points = at.factor.size(), gates = 4 * width_;
        Tape tape{points, {}, {}, {}};
        AlignedFloats from_x(at.bars * gates);
        layers_[0].below.there.apply(kernels, at.x, line_floats(inputs_), from_x.data(), gates, at.bars);
        const std::size_t slots = (attention_.window + 7) / 8 * 8;
        const float* cell = at.memory + 2 * width_ * slots + line_floats(slots);
        for (std::size_t l = 0; l < layers_.size(); ++l, cell += 2 * stride_) {
            tape.gates.emplace_back(at.bars * points * gates);
            tape.c.emplace_back((at.bars + 1) * points * stride_);
            tape.h.emplace_back((at.bars + 1) * points * stride_);
            for (std::size_t p = 0; p < points; ++p) {
                std::copy_n(cell, width_, tape.c[l].data() + p * stride_);
                std::copy_n(cell + stride_, width_, tape.h[l].data() + p * stride_);
            }
        }
        for (std::size_t t = 0; t < at.bars; ++t)
            for (std::size_t l = 0; l < layers_.size(); ++l) {
                float* const g = tape.gates[l].data() + t * points * gates;
                const std::size_t now = (t + 1) * points * stride_, then = t * points * stride_;
                if (l > 0) layers_[l].below.there.apply(kernels, tape.h[l - 1].data() + now, stride_, g, gates, points);
                for (std::size_t p = 0; l == 0 && p < points; ++p)
                    for (std::size_t i = 0; i < gates; ++i) g[p * gates + i] = first_bias_[i] + at.factor[p] * from_x[t * gates + i];
                layers_[l].before.there.accumulate(kernels, tape.h[l].data() + then, stride_, g, gates, points);
                std::copy_n(tape.c[l].data() + then, points * stride_, tape.c[l].data() + now);
                for (std::size_t p = 0; p < points; ++p)
                    kernels.lstm_cell(g + p * gates, width_, tape.c[l].data() + now + p * stride_, tape.h[l].data() + now + p * stride_);
            }
        return tape;
    }

    /// The output of the last bar, there and back to the top states.
    void attend(const NetKernels& kernels, const GradientPoints& at, const Tape& tape, std::span<double> out_logit, AlignedFloats& above) const {
        const std::size_t points = tape.points, joined_stride = line_floats(2 * width_);
        const AlignedFloats& h = tape.h.back();
        const float* const last = h.data() + at.bars * points * stride_;
        AlignedFloats q(points * stride_), dq(points * stride_), joined(points * joined_stride), y(points * stride_), share(points * attention_.window);
        query_.there.apply(kernels, last, stride_, q.data(), stride_, points);
        const PastWindow past(at.memory, at.bar, width_, attention_.window);
        const std::size_t ages = std::min(attention_.window, at.bars + past.ages);
        std::vector<const float*> state(ages);
        std::vector<float*> dstate(ages);
        const auto look = [&](std::size_t p) {
            for (std::size_t a = 0; a < ages; ++a) {
                const bool inside = a < at.bars;
                state[a] = inside ? h.data() + ((at.bars - a) * points + p) * stride_ : past.value(a - at.bars + 1);
                dstate[a] = inside ? above.data() + ((at.bars - 1 - a) * points + p) * stride_ : nullptr;
            }
        };
        for (std::size_t p = 0; p < points; ++p) {
            look(p);
            std::copy_n(last + p * stride_, width_, joined.data() + p * joined_stride);
            attention_.there(q.data() + p * stride_, state, state, share.data() + p * attention_.window, joined.data() + p * joined_stride + width_);
        }
        combine_.there.apply(kernels, joined.data(), joined_stride, y.data(), stride_, points);
        AlignedFloats da(points * stride_), djoined(points * joined_stride);
        for (std::size_t p = 0; p < points; ++p) {
            float* const out = y.data() + p * stride_;
            kernels.tanh(out, width_);
            out_logit[p] = static_cast<double>(dot(head_.data(), out, width_)) + static_cast<double>(head_bias_);
            for (std::size_t i = 0; i < width_; ++i) da[p * stride_ + i] = head_[i] * (1 - out[i] * out[i]);
        }
        combine_.back.apply(kernels, da.data(), stride_, djoined.data(), joined_stride, points);
        float* const dlast = above.data() + (at.bars - 1) * points * stride_;
        for (std::size_t p = 0; p < points; ++p) {
            look(p);
            const float* const dz = djoined.data() + p * joined_stride + width_;
            add_scaled(1, djoined.data() + p * joined_stride, width_, dlast + p * stride_);
            attention_.back(dz, joined.data() + p * joined_stride + width_, q.data() + p * stride_, state, state, share.data() + p * attention_.window,
                            dq.data() + p * stride_, dstate, dstate);
        }
        query_.back.accumulate(kernels, dq.data(), stride_, dlast, stride_, points);
    }

    /// One cell: dh and dc of its output to d gates before their activation, and dc of the bar before in place.
    void cell_back(const NetKernels& kernels, const float* gates, const float* c, const float* c_before, const float* dh, float* dc, float* dgates, float* room) const {
        std::copy_n(c, width_, room);
        kernels.tanh(room, width_);
        for (std::size_t i = 0; i < width_; ++i) {
            const float in = gates[i], forget = gates[width_ + i], fresh = gates[2 * width_ + i], out = gates[3 * width_ + i];
            const float d = dc[i] + dh[i] * out * (1 - room[i] * room[i]);
            dgates[i] = d * fresh * in * (1 - in);
            dgates[width_ + i] = d * c_before[i] * forget * (1 - forget);
            dgates[2 * width_ + i] = d * in * (1 - fresh * fresh);
            dgates[3 * width_ + i] = dh[i] * room[i] * out * (1 - out);
            dc[i] = d * forget;
        }
    }

    void back(const NetKernels& kernels, const GradientPoints& at, const Tape& tape, AlignedFloats& above, float* out_x) const {
        const std::size_t points = tape.points, gates = 4 * width_, rows = points * stride_;
        AlignedFloats dgates(points * gates), to_x(at.bars * gates), room(stride_);
        std::vector<AlignedFloats> dc(layers_.size(), AlignedFloats(rows)), dh = dc;
        for (std::size_t t = at.bars; t-- > 0;) {
            kernels.add(above.data() + t * rows, rows, dh.back().data());
            for (std::size_t l = layers_.size(); l-- > 0;) {
                for (std::size_t p = 0; p < points; ++p) {
                    const std::size_t now = (t + 1) * rows + p * stride_, then = t * rows + p * stride_;
                    cell_back(kernels, tape.gates[l].data() + (t * points + p) * gates, tape.c[l].data() + now, tape.c[l].data() + then,
                              dh[l].data() + p * stride_, dc[l].data() + p * stride_, dgates.data() + p * gates, room.data());
                }
                // What the state of the bar before gets; the layer below gets its part of this bar.
                layers_[l].before.back.apply(kernels, dgates.data(), gates, dh[l].data(), stride_, points);
                if (l > 0) layers_[l].below.back.accumulate(kernels, dgates.data(), gates, dh[l - 1].data(), stride_, points);
                else sum_points(dgates.data(), 1, at.weight, gates, to_x.data() + t * gates);
            }
        }
        layers_[0].below.back.apply(kernels, to_x.data(), gates, out_x, line_floats(inputs_), at.bars);
    }

    std::size_t inputs_, width_, stride_;
    std::vector<Layer> layers_;
    AlignedFloats first_bias_;
    BothWays query_, combine_;
    Attention attention_;
    AlignedFloats head_;
    float head_bias_;
};

}  // namespace

std::unique_ptr<const NetGradient> make_lstm_gradient(const NetWeights& weights) {
    return std::make_unique<LstmGradient>(weights);
}

}  // namespace aitrading::models
