#include "models/deep/torch/optimiser.hpp"

#include <torch/torch.h>

#include <cmath>

namespace aitrading::models {
namespace {

using at::Tensor;
constexpr double mean_decay = 0.9, square_decay = 0.999, least_root = 1e-8;

}  // namespace

struct Optimiser::Parts {
    TorchNet* net = nullptr;
    double weight_decay = 0, clip_norm = 1, averaging = 0;
    std::int64_t steps = 0;
    Tensor mean, square, average;  ///< of gradients, of their squares, of weights
};

Optimiser::Optimiser(TorchNet& net, double weight_decay, double clip_norm, double averaging) : parts_(std::make_unique<Parts>()) {
    Parts& p = *parts_;
    p.net = &net;
    p.weight_decay = weight_decay;
    p.clip_norm = clip_norm;
    p.averaging = averaging;
    p.mean = torch::zeros_like(net.flat());
    p.square = torch::zeros_like(net.flat());
    p.average = torch::zeros_like(net.flat());
}

Optimiser::~Optimiser() = default;

double Optimiser::step(double learning_rate) {
    Parts& p = *parts_;
    const torch::NoGradGuard guard;
    // The two vectors of the input scaling stand first and have no gradient.
    std::vector<Tensor> pieces{torch::zeros({2 * std::int64_t{p.net->spec().inputs}}, p.mean.options())};
    for (const Tensor& leaf : p.net->leaves()) {
        pieces.push_back(leaf.grad().defined() ? leaf.grad().reshape({-1}) : torch::zeros({leaf.numel()}, p.mean.options()));
        leaf.mutable_grad() = Tensor();
    }
    Tensor gradient = at::cat(pieces);
    const double length = gradient.norm().item<double>();
    if (!std::isfinite(length)) return length;
    if (length > p.clip_norm) gradient.mul_(p.clip_norm / length);
    ++p.steps;
    const auto n = static_cast<double>(p.steps);
    p.mean.mul_(mean_decay).add_(gradient, 1 - mean_decay);
    p.square.mul_(square_decay).addcmul_(gradient, gradient, 1 - square_decay);
    Tensor flat = p.net->flat();
    flat.sub_(p.net->decays() * flat, learning_rate * p.weight_decay);
    const Tensor root = (p.square / (1 - std::pow(square_decay, n))).sqrt_().add_(least_root);
    flat.addcdiv_(p.mean, root, -learning_rate / (1 - std::pow(mean_decay, n)));
    p.average.mul_(p.averaging).add_(flat, 1 - p.averaging);
    return length;
}

Tensor Optimiser::averaged() const {
    const Parts& p = *parts_;
    const torch::NoGradGuard guard;
    if (p.averaging == 0 || p.steps == 0) return p.net->flat().clone();
    Tensor out = p.average / (1 - std::pow(p.averaging, static_cast<double>(p.steps)));
    const std::int64_t scaling = 2 * std::int64_t{p.net->spec().inputs};
    out.narrow(0, 0, scaling).copy_(p.net->flat().narrow(0, 0, scaling));  // exact, not a mean of equal numbers
    return out;
}

void Optimiser::write(ByteWriter& out) const {
    out.put(parts_->steps);
    for (const Tensor& t : {parts_->net->flat(), parts_->mean, parts_->square, parts_->average}) out.put_all(numbers_of(t));
}

bool Optimiser::read(ByteReader& in) {
    parts_->steps = in.get<std::int64_t>();
    bool fits = true;
    for (const Tensor& t : {parts_->net->flat(), parts_->mean, parts_->square, parts_->average}) fits = assign_numbers(t, in.get_all<float>()) && fits;
    return fits;
}

std::vector<float> numbers_of(const Tensor& tensor) {
    const Tensor here = tensor.detach().to(at::kCPU).contiguous();
    const auto* data = here.data_ptr<float>();
    return {data, data + here.numel()};
}

bool assign_numbers(Tensor tensor, const std::vector<float>& values) {
    if (static_cast<std::int64_t>(values.size()) != tensor.numel()) return false;
    const torch::NoGradGuard guard;
    tensor.copy_(torch::tensor(values).view(tensor.sizes()));
    return true;
}

}  // namespace aitrading::models
