#include "models/deep/torch/gan_nets.hpp"

#include <torch/torch.h>

#include <cmath>

#include "base/random.hpp"
#include "models/deep/torch/optimiser.hpp"

namespace aitrading::models {
namespace {

using at::Tensor;

std::vector<Tensor> views_of(const Tensor& flat, const std::vector<TensorShape>& shapes) {
    std::vector<Tensor> out;
    std::int64_t at = 0;
    for (const TensorShape& t : shapes) {
        const std::vector<std::int64_t> extents(t.shape.begin(), t.shape.end());
        const auto size = static_cast<std::int64_t>(t.size());
        out.push_back(flat.narrow(0, at, size).view(extents));
        at += size;
    }
    return out;
}

/// States of a gated recurrent layer. @param x [batch, bars, in]   @return [batch, bars, width]
Tensor recurrent(const Tensor& x, const Tensor& weight_ih, const Tensor& weight_hh, const Tensor& bias_ih, const Tensor& bias_hh) {
    const std::int64_t width = weight_hh.size(1);
    const Tensor from_input = at::matmul(x, weight_ih.t()) + bias_ih;
    const Tensor across = weight_hh.t();
    Tensor state = at::zeros({x.size(0), width}, x.options());
    std::vector<Tensor> states;
    for (std::int64_t t = 0; t < x.size(1); ++t) {
        const Tensor a = from_input.select(1, t), b = at::addmm(bias_hh, state, across);
        const Tensor gates = at::sigmoid(a.narrow(1, 0, 2 * width) + b.narrow(1, 0, 2 * width));
        const Tensor fresh = at::tanh(a.narrow(1, 2 * width, width) + gates.narrow(1, 0, width) * b.narrow(1, 2 * width, width));
        state = fresh + gates.narrow(1, width, width) * (state - fresh);
        states.push_back(state);
    }
    return at::stack(states, 1);
}

double spread(const std::string& name) { return name == "location" || name == "scale" ? 0.1 : 1.0; }

}  // namespace

Tensor generate(const GeneratorSpec& spec, const Tensor& flat, const Tensor& noise, const Tensor& condition) {
    const auto w = views_of(flat, tensors_of(spec));
    const Tensor seen = at::cat({recurrent(at::cat({noise, condition}, 2), w[0], w[1], w[2], w[3]), condition}, 2);
    const Tensor location = at::matmul(seen, w[4].t()) + w[5], scale = at::matmul(seen, w[6].t()) + w[7];
    return location + at::exp(kScaleLimit * at::tanh(scale)) * noise.narrow(2, 0, spec.channels);
}

std::vector<TensorShape> critic_tensors(const GeneratorSpec& spec, std::uint32_t width) {
    const std::size_t d = width, in = 2 * std::size_t{spec.channels} + spec.conditions;
    return {{"weight_ih", {3 * d, in}}, {"weight_hh", {3 * d, d}}, {"bias_ih", {3 * d}}, {"bias_hh", {3 * d}}, {"score", {1, d}}};
}

Tensor judge(const GeneratorSpec& spec, std::uint32_t width, const Tensor& flat, const Tensor& values, const Tensor& condition) {
    const auto w = views_of(flat, critic_tensors(spec, width));
    const Tensor states = recurrent(at::cat({values, at::abs(values), condition}, 2), w[0], w[1], w[2], w[3]);
    // No bias: a constant added to every score changes nothing.
    return at::matmul(states, w[4].t()).squeeze(2).mean(1);
}

std::vector<float> initial_numbers(const std::vector<TensorShape>& shapes, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<float> out;
    for (const TensorShape& t : shapes) {
        const double limit = t.shape.size() > 1 ? spread(t.name) / std::sqrt(static_cast<double>(t.shape[1])) : 0;
        for (std::size_t i = 0; i < t.size(); ++i) out.push_back(limit > 0 ? static_cast<float>((2 * random.next_uniform() - 1) * limit) : 0.0F);
    }
    return out;
}

std::vector<float> torch_generate(const GeneratorWeights& weights, const std::vector<float>& noise, const std::vector<float>& condition) {
    const torch::NoGradGuard guard;
    const auto rows = static_cast<std::int64_t>(noise.size() / weights.spec.noise);
    return numbers_of(generate(weights.spec, torch::tensor(weights.values), torch::tensor(noise).view({1, rows, weights.spec.noise}),
                               torch::tensor(condition).view({1, rows, weights.spec.conditions})));
}

}  // namespace aitrading::models
