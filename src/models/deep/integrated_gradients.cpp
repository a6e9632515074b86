#include "models/deep/integrated_gradients.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"
#include "base/quadrature.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t bars_most = 64, bars_least = 8;
constexpr double multiplications_most = 1.6e6;  ///< of one point, there and back: about a tenth of a millisecond
constexpr std::size_t rest_bars = 256;          ///< of means, after which a net says what it says of nothing

/// Inner points of the way. The recurrent net is the smoothest of the three; with both ends these fill the kernels' rows.
std::size_t points_of(NetKind kind) { return kind == NetKind::lstm ? 4 : 6; }

/// Multiplications of one more bar at one point, there and back.
double multiplications_of_bar(const NetSpec& spec) {
    const double width = spec.width, square = width * width;
    switch (spec.kind) {
        case NetKind::lstm:
            return 2 * 4 * square * (2.0 * spec.layers - 1);
        case NetKind::transformer:  // of the last block keys and values alone; attention costs more than its products
            return 2 * (spec.layers - 1) * (4 * square + 2 * width * spec.feed_forward + 8 * width * spec.window) + 6 * square;
        case NetKind::cnn:  // one block asks few bars of the one below: about one block's worth a bar where dilations double
            return 2 * square * (spec.kernel + 1.0);
    }
    return 0;
}

}  // namespace

IntegratedGradients::IntegratedGradients(const NetWeights& weights, const CausalNet& net) : spec_(weights.spec), gradient_(make_gradient(weights)) {
    const auto mean = weights.tensor("input.mean"), scale = weights.tensor("input.scale");
    mean_.assign(mean.begin(), mean.end());
    scale_.assign(scale.begin(), scale.end());
    bars_ = static_cast<std::size_t>(std::clamp(multiplications_most / multiplications_of_bar(spec_), double{bars_least}, double{bars_most}));
    if (const std::size_t field = receptive_field(spec_); field > 0) bars_ = std::min(bars_, field);
    NetState state = net.start();
    std::array<float, kNetOutputNames.size()> out{};
    for (std::size_t t = 0; t < rest_bars; ++t) net.step(state, mean_, std::span(out).first(spec_.outputs));
    base_ = static_cast<double>(out[0]);
}

IntegratedGradients::Way IntegratedGradients::integrate(const NetState& state, std::size_t bars, const AlignedFloats& x, std::size_t points,
                                                        std::span<double> out) const {
    const Quadrature rule = gauss_legendre(points);
    std::vector<float> factor(rule.at.begin(), rule.at.end()), weight(rule.weight.begin(), rule.weight.end());
    factor.insert(factor.end(), {0.0F, 1.0F});
    weight.insert(weight.end(), {0.0F, 0.0F});
    const std::size_t stride = line_floats(spec_.inputs);
    AlignedFloats slope(bars * stride);
    std::vector<double> logit(factor.size());
    gradient_->run(*usable_kernels().front(), {state.memory(), state.bars(), bars, x.data(), factor, weight}, logit, slope.data());
    std::ranges::fill(out, 0.0);
    for (std::size_t t = 0; t < bars; ++t)
        for (std::size_t i = 0; i < spec_.inputs; ++i) out[i] += static_cast<double>(x[t * stride + i]) * static_cast<double>(slope[t * stride + i]);
    return {logit[points], logit[points + 1]};
}

Reasons IntegratedGradients::explain(const CausalNet& net, const NetState& before, MatrixView rows, std::span<double> out) const {
    CHECK(rows.rows >= 1 && rows.columns == spec_.inputs && out.size() == spec_.inputs);
    const std::size_t bars = std::min(bars_, rows.rows), earlier = rows.rows - bars, stride = line_floats(spec_.inputs);
    NetState state = before;
    if (earlier > 0) {
        std::vector<float> said(earlier * spec_.outputs);
        net.run(state, rows.slice(0, earlier), said);
    }
    AlignedFloats x(bars * stride);
    for (std::size_t t = 0; t < bars; ++t)
        usable_kernels().front()->standardise(rows.row(earlier + t).data(), mean_.data(), scale_.data(), spec_.inputs, x.data() + t * stride);
    Reasons reasons{.base = base_};
    const Way way = integrate(state, bars, x, points_of(spec_.kind), out);
    reasons.earlier = way.from - base_;
    double told = 0, size = 0;
    for (const double c : out) told += c, size += std::abs(c);
    reasons.residual = way.to - way.from - told;
    for (double& c : out) c += size > 0 ? reasons.residual * std::abs(c) / size : 0;
    if (size == 0) reasons.earlier += reasons.residual;
    return reasons;
}

}  // namespace aitrading::models
