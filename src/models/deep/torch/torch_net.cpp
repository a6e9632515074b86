#include "models/deep/torch/torch_net.hpp"

#include <fmt/format.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>
#include <map>

namespace aitrading::models {
namespace {

using at::Tensor;

/// Which keys a chunk's bars may see: [bars, window - 1 + bars], the first window - 1 keys lie before the chunk.
struct Band {
    Tensor age;     ///< flat, whole numbers: bars between key and query, limited to the window
    Tensor barred;  ///< 0 where it may, minus infinity where it may not
};

Band make_band(std::int64_t bars, std::int64_t window, std::int64_t known, const at::Device& device) {
    const std::int64_t keys = window - 1 + bars;
    std::vector<std::int64_t> age;
    std::vector<float> barred;
    age.reserve(static_cast<std::size_t>(bars * keys));
    for (std::int64_t t = 0; t < bars; ++t)
        for (std::int64_t j = 0; j < keys; ++j) {
            const std::int64_t a = t + window - 1 - j;
            const bool seen = a >= 0 && a < window && j >= window - 1 - known;
            age.push_back(std::clamp<std::int64_t>(a, 0, window - 1));
            barred.push_back(seen ? 0.0F : -std::numeric_limits<float>::infinity());
        }
    return {torch::tensor(age, torch::kLong).to(device), torch::tensor(barred).view({bars, keys}).to(device)};
}

}  // namespace

struct TorchNet::Parts {
    NetSpec spec;
    at::Device device = at::kCPU;
    Tensor flat, decay;
    std::vector<Tensor> leaves;
    std::map<std::string, Tensor> by_name;
    mutable std::map<std::pair<std::int64_t, std::int64_t>, Band> bands;

    const Tensor& operator[](const std::string& name) const { return by_name.at(name); }
    const Band& band(std::int64_t bars, std::int64_t known) const {
        const auto key = std::pair(bars, known);
        const auto found = bands.find(key);
        if (found != bands.end()) return found->second;
        return bands.emplace(key, make_band(bars, spec.window, known, device)).first->second;
    }
    Tensor linear(const Tensor& x, const std::string& prefix) const {
        return at::linear(x, (*this)[prefix + ".weight"], (*this)[prefix + ".bias"]);
    }
    Tensor norm(const Tensor& x, const std::string& prefix) const {
        return at::layer_norm(x, {static_cast<std::int64_t>(spec.width)}, (*this)[prefix + ".weight"], (*this)[prefix + ".bias"], kNormEpsilon);
    }
    Tensor lstm(const Tensor& x, TorchState& state, const DropoutMask& dropout) const;
    Tensor transformer(const Tensor& x, TorchState& state, const DropoutMask& dropout) const;
    Tensor block_attention(const Tensor& u, std::size_t layer, TorchState& state) const;
    Tensor cnn(const Tensor& x, TorchState& state, const DropoutMask& dropout) const;
};

namespace {

Tensor masked(const Tensor& x, const DropoutMask& dropout) { return dropout ? x * dropout(x.size(0), x.size(2)) : x; }

}  // namespace

Tensor TorchNet::Parts::lstm(const Tensor& x, TorchState& state, const DropoutMask& dropout) const {
    const auto width = static_cast<std::int64_t>(spec.width);
    const Tensor none = torch::zeros({4 * width}, flat.options());  // torch has two biases, the spec one
    Tensor top = x;
    for (std::size_t l = 0; l < spec.layers; ++l) {
        const std::string prefix = fmt::format("lstm.{}", l);
        if (l > 0) top = masked(top, dropout);
        auto [out, h, c] = at::lstm(top, {state.tensors[2 * l], state.tensors[2 * l + 1]},
                                    {(*this)[prefix + ".weight_ih"], (*this)[prefix + ".weight_hh"], (*this)[prefix + ".bias"], none}, true, 1, 0.0,
                                    static_cast<bool>(dropout), false, true);
        state.tensors[2 * l] = h.detach();
        state.tensors[2 * l + 1] = c.detach();
        top = out;
    }
    Tensor& history = state.tensors.back();
    const Tensor keys = at::cat({history, top}, 1);
    const std::int64_t bars = x.size(1);
    const Band& seen = band(bars, state.known);
    const Tensor age_bias = (*this)["attention.age_bias"].index_select(0, seen.age).view({bars, keys.size(1)});
    const Tensor score = at::matmul(at::linear(top, (*this)["attention.query"]), keys.transpose(1, 2)) / std::sqrt(static_cast<double>(width));
    const Tensor read = at::matmul(at::softmax(score + (age_bias + seen.barred), -1), keys);
    history = keys.narrow(1, bars, spec.window - 1).detach();
    return masked(at::tanh(linear(at::cat({top, read}, 2), "combine")), dropout);
}

Tensor TorchNet::Parts::block_attention(const Tensor& u, std::size_t layer, TorchState& state) const {
    const std::string prefix = fmt::format("block.{}", layer);
    const std::int64_t streams = u.size(0), bars = u.size(1), heads = spec.heads, width = spec.width, own = width / heads;
    const auto by_head = [&](const Tensor& x) { return x.view({streams, -1, heads, own}).transpose(1, 2); };
    Tensor &old_key = state.tensors[2 * layer], &old_value = state.tensors[2 * layer + 1];
    const Tensor key = at::cat({old_key, at::linear(u, (*this)[prefix + ".key"])}, 1);
    const Tensor value = at::cat({old_value, at::linear(u, (*this)[prefix + ".value"])}, 1);
    const Tensor query = by_head(at::linear(u, (*this)[prefix + ".query"]));
    const Band& seen = band(bars, state.known);
    const Tensor age_bias = (*this)[prefix + ".age_bias"].index_select(1, seen.age).view({heads, bars, key.size(1)});
    const Tensor score = at::matmul(query, by_head(key).transpose(2, 3)) / std::sqrt(static_cast<double>(own));
    const Tensor read = at::matmul(at::softmax(score + (age_bias + seen.barred), -1), by_head(value));
    old_key = key.narrow(1, bars, spec.window - 1).detach();
    old_value = value.narrow(1, bars, spec.window - 1).detach();
    return linear(read.transpose(1, 2).reshape({streams, bars, width}), prefix + ".out");
}

Tensor TorchNet::Parts::transformer(const Tensor& x, TorchState& state, const DropoutMask& dropout) const {
    Tensor e = linear(x, "embed");
    for (std::size_t l = 0; l < spec.layers; ++l) {
        const std::string prefix = fmt::format("block.{}", l);
        e = e + masked(block_attention(norm(e, prefix + ".norm1"), l, state), dropout);
        const Tensor wide = at::silu(linear(norm(e, prefix + ".norm2"), prefix + ".expand"));
        e = e + masked(linear(wide, prefix + ".contract"), dropout);
    }
    return norm(e, "norm");
}

Tensor TorchNet::Parts::cnn(const Tensor& x, TorchState& state, const DropoutMask& dropout) const {
    const std::int64_t bars = x.size(1), kernel = spec.kernel, width = spec.width;
    Tensor e = linear(x, "embed");
    for (std::size_t l = 0; l < spec.dilations.size(); ++l) {
        const std::string prefix = fmt::format("block.{}", l);
        const std::int64_t dilation = spec.dilations[l], reach = (kernel - 1) * dilation;
        const Tensor all = at::cat({state.tensors[l], norm(e, prefix + ".norm")}, 1);
        std::vector<Tensor> taps;
        for (std::int64_t k = 0; k < kernel; ++k) taps.push_back(all.narrow(1, k * dilation, bars));
        const Tensor weight = (*this)[prefix + ".conv.weight"].permute({0, 2, 1}).reshape({width, kernel * width});
        const Tensor a = at::linear(at::cat(taps, 2), weight, (*this)[prefix + ".conv.bias"]);
        e = e + masked(linear(at::silu(a), prefix + ".mix"), dropout);
        state.tensors[l] = all.narrow(1, bars, reach).detach();
    }
    return norm(e, "norm");
}

TorchNet::TorchNet(const NetSpec& spec, const std::string& device) : parts_(std::make_unique<Parts>()) {
    Parts& p = *parts_;
    p.spec = spec;
    p.device = at::Device(device);
    const auto shapes = tensors_of(spec);
    const auto options = torch::TensorOptions().dtype(torch::kFloat).device(p.device);
    p.flat = torch::zeros({static_cast<std::int64_t>(parameters_of(spec))}, options);
    p.decay = torch::zeros_like(p.flat);
    std::int64_t at = 0;
    for (const TensorShape& t : shapes) {
        const std::vector<std::int64_t> shape(t.shape.begin(), t.shape.end());
        const auto size = static_cast<std::int64_t>(t.size());
        // A detached view shares the memory of `flat` and is a leaf of its own for gradients.
        Tensor view = p.flat.narrow(0, at, size).view(shape).detach();
        const bool scaling = t.name.starts_with("input.");
        if (!scaling) p.leaves.push_back(view.set_requires_grad(true));
        if (!scaling && t.shape.size() > 1 && !t.name.ends_with("age_bias")) p.decay.narrow(0, at, size).fill_(1.0F);
        p.by_name.emplace(t.name, view);
        at += size;
    }
}

TorchNet::~TorchNet() = default;
TorchNet::TorchNet(TorchNet&& other) noexcept = default;

const NetSpec& TorchNet::spec() const { return parts_->spec; }
Tensor TorchNet::flat() const { return parts_->flat; }
const std::vector<Tensor>& TorchNet::leaves() const { return parts_->leaves; }
Tensor TorchNet::decays() const { return parts_->decay; }

TorchState TorchNet::start(std::int64_t streams) const {
    const Parts& p = *parts_;
    const std::int64_t width = p.spec.width, before = p.spec.window - 1;
    const auto zeros = [&](std::vector<std::int64_t> shape) { return torch::zeros(shape, p.flat.options()); };
    TorchState state;
    if (p.spec.kind == NetKind::lstm) {
        for (std::size_t l = 0; l < 2 * std::size_t{p.spec.layers}; ++l) state.tensors.push_back(zeros({1, streams, width}));
        state.tensors.push_back(zeros({streams, before, width}));
    } else if (p.spec.kind == NetKind::transformer) {
        for (std::size_t l = 0; l < 2 * std::size_t{p.spec.layers}; ++l) state.tensors.push_back(zeros({streams, before, width}));
    } else {
        for (const std::uint32_t d : p.spec.dilations) state.tensors.push_back(zeros({streams, std::int64_t{p.spec.kernel - 1} * d, width}));
    }
    return state;
}

Tensor TorchNet::forward(const Tensor& x, TorchState& state, const DropoutMask& dropout) const {
    const Parts& p = *parts_;
    Tensor y;
    if (p.spec.kind == NetKind::lstm) y = p.lstm(x, state, dropout);
    if (p.spec.kind == NetKind::transformer) y = p.transformer(x, state, dropout);
    if (p.spec.kind == NetKind::cnn) y = p.cnn(x, state, dropout);
    state.known = std::min<std::int64_t>(p.spec.window - 1, state.known + x.size(1));
    return p.linear(y, "head");
}

Tensor TorchNet::standardise(const std::vector<float>& rows) const {
    const Parts& p = *parts_;
    const std::size_t columns = p.spec.inputs;
    TORCH_CHECK(rows.size() % columns == 0, "rows are cut");
    const Tensor mean = p["input.mean"].to(at::kCPU), scale = p["input.scale"].to(at::kCPU);
    const auto *m = mean.data_ptr<float>(), *s = scale.data_ptr<float>();
    std::vector<float> out(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t c = i % columns;
        const double z = (static_cast<double>(rows[i]) - m[c]) / s[c];
        out[i] = std::isfinite(rows[i]) ? static_cast<float>(std::clamp(z, -kInputLimit, kInputLimit)) : 0.0F;
    }
    return torch::tensor(out).view({-1, static_cast<std::int64_t>(columns)}).to(p.device);
}

}  // namespace aitrading::models
