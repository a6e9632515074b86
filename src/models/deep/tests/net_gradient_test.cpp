#include "models/deep/net_gradient.hpp"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "models/deep/integrated_gradients.hpp"
#include "models/deep/tests/random_net.hpp"
#include "models/deep/tests/reference_net.hpp"

namespace aitrading::models {
namespace {

using Rows = std::vector<std::vector<double>>;

/// Shapes of odd sizes, deeper and wider ones among them.
std::vector<NetSpec> shapes() {
    std::vector<NetSpec> out = small_specs();
    out.push_back(out[0]);
    out.back().layers = 3;
    out.back().width = 24;
    out.back().window = 40;
    out.push_back(out[1]);
    out.back().layers = 3;
    out.back().heads = 1;
    out.back().window = 33;
    out.push_back(out[2]);
    out.back().width = 24;
    out.back().dilations = {1, 2, 4, 8};
    return out;
}

/// A series in units of the net's own scales.
Rows series(const NetWeights& weights, std::size_t rows, std::uint64_t seed) {
    SplitMix64 random(seed);
    const auto mean = weights.tensor("input.mean"), scale = weights.tensor("input.scale");
    Rows out(rows, std::vector<double>(weights.spec.inputs));
    for (auto& row : out)
        for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<double>(mean[i]) + static_cast<double>(scale[i]) * 0.7 * random.next_normal();
    return out;
}

std::vector<double> flat(const Rows& rows) {
    std::vector<double> out;
    for (const auto& row : rows) out.insert(out.end(), row.begin(), row.end());
    return out;
}

/// The series with its latest bars at `factor` of the way from the mean.
Rows at_factor(const NetWeights& weights, Rows rows, std::size_t bars, double factor) {
    const auto mean = weights.tensor("input.mean");
    for (std::size_t t = rows.size() - bars; t < rows.size(); ++t)
        for (std::size_t i = 0; i < rows[t].size(); ++i) rows[t][i] = static_cast<double>(mean[i]) + factor * (rows[t][i] - static_cast<double>(mean[i]));
    return rows;
}

double reference_logit(const NetWeights& weights, const Rows& rows) { return reference_outputs(weights, rows).back()[0]; }

/// Formulae in double written apart from the kernels, differentiated by central differences.
TEST(NetGradient, equals_differences_of_the_formulae_in_double) {
    constexpr std::size_t bars = 9;
    for (const NetSpec& spec : shapes())
        for (const std::size_t before : {0U, 64U, 75U}) {
            const NetWeights weights = random_weights(spec, 4);
            const Rows rows = series(weights, before + bars, 8);
            const CausalNet net = *CausalNet::build(weights);
            NetState state = net.start();
            const std::vector<double> values = flat(rows);
            std::vector<float> said(std::max<std::size_t>(1, before) * spec.outputs);
            if (before > 0) net.run(state, {values.data(), before, spec.inputs, spec.inputs}, said);
            const std::size_t stride = line_floats(spec.inputs);
            AlignedFloats x(bars * stride), slope(bars * stride);
            const auto mean = weights.tensor("input.mean"), scale = weights.tensor("input.scale");
            for (std::size_t t = 0; t < bars; ++t)
                for (std::size_t i = 0; i < spec.inputs; ++i) x[t * stride + i] = static_cast<float>((rows[before + t][i] - static_cast<double>(mean[i])) / static_cast<double>(scale[i]));
            const std::vector<float> factor{0.0F, 0.3F, 1.0F}, weight{0.0F, 0.25F, 0.75F};
            std::vector<double> logit(3);
            make_gradient(weights)->run(*usable_kernels().front(), {state.memory(), state.bars(), bars, x.data(), factor, weight}, logit, slope.data());
            for (std::size_t p = 0; p < 3; ++p)
                EXPECT_NEAR(logit[p], reference_logit(weights, at_factor(weights, rows, bars, static_cast<double>(factor[p]))), 2e-5) << describe(spec);
            for (std::size_t t = 0; t < bars; t += 4)
                for (std::size_t i = 0; i < spec.inputs; i += 2) {
                    double expected = 0;
                    for (std::size_t p = 1; p < 3; ++p) {
                        Rows moved = at_factor(weights, rows, bars, static_cast<double>(factor[p]));
                        const double step = 1e-5 * static_cast<double>(scale[i]);
                        moved[before + t][i] += step;
                        const double up = reference_logit(weights, moved);
                        moved[before + t][i] -= 2 * step;
                        expected += static_cast<double>(weight[p]) * (up - reference_logit(weights, moved)) / 2e-5;
                    }
                    ASSERT_NEAR(static_cast<double>(slope[t * stride + i]), expected, 2e-5 * (1 + std::abs(expected)))
                        << describe(spec) << " before " << before << " bar " << t << " input " << i;
                }
        }
}

TEST(IntegratedGradients, sums_match_the_logit_and_a_mean_adds_nothing) {
    for (const NetSpec& spec : shapes()) {
        const NetWeights weights = random_weights(spec, 6);
        const CausalNet net = *CausalNet::build(weights);
        const IntegratedGradients gradients(weights, net);
        EXPECT_GE(gradients.bars(), 7U);
        Rows rows = series(weights, 150, 3);
        rows[149][1] = std::nan("");
        for (auto& row : rows) row[2] = static_cast<double>(weights.tensor("input.mean")[2]);
        const std::vector<double> values = flat(rows);
        const MatrixView view{values.data(), rows.size(), spec.inputs, spec.inputs};
        std::vector<float> said(150 * spec.outputs);
        NetState whole = net.start(), state = net.start();
        net.run(whole, view, said);
        net.run(state, view.slice(0, 80), std::span(said).first(80 * spec.outputs));
        std::vector<double> out(spec.inputs), again(spec.inputs);
        double base = 0;
        // From a state any number of bars before, and from the very first bar.
        const Reasons reasons = gradients.explain(net, state, view.slice(80, 150), out);
        const Reasons same = gradients.explain(net, net.start(), view, again);
        base = reasons.base;
        EXPECT_NEAR(std::accumulate(out.begin(), out.end(), base + reasons.earlier), static_cast<double>(said[149 * spec.outputs]), 1e-4) << describe(spec);
        EXPECT_LT(std::abs(reasons.residual), 5e-2) << "weights drawn at random bend more than trained ones: " << describe(spec);
        EXPECT_EQ(out, again);
        EXPECT_EQ(reasons.earlier, same.earlier);
        EXPECT_EQ(out[2], 0) << "always its mean";
    }
}

TEST(IntegratedGradients, the_first_bars_of_a_series_are_told_too) {
    for (const NetSpec& spec : small_specs()) {
        const NetWeights weights = random_weights(spec, 2);
        const CausalNet net = *CausalNet::build(weights);
        const IntegratedGradients gradients(weights, net);
        const std::vector<double> values = flat(series(weights, 3, 3));
        const MatrixView view{values.data(), 3, spec.inputs, spec.inputs};
        for (std::size_t n = 1; n <= 3; ++n) {
            std::vector<float> said(n * spec.outputs);
            NetState state = net.start();
            net.run(state, view.slice(0, n), said);
            std::vector<double> out(spec.inputs);
            const Reasons reasons = gradients.explain(net, net.start(), view.slice(0, n), out);
            EXPECT_NEAR(std::accumulate(out.begin(), out.end(), reasons.base + reasons.earlier), static_cast<double>(said[(n - 1) * spec.outputs]), 1e-4);
        }
    }
}

}  // namespace
}  // namespace aitrading::models
