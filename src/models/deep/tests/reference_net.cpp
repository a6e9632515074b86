#include "models/deep/tests/reference_net.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace aitrading::models {
namespace {

using Vector = std::vector<double>;
using Sequence = std::vector<Vector>;  // [bar][entry]

double sigma(double x) {
    return 1 / (1 + std::exp(-x));
}

/// Named tensors as doubles.
struct Tensors {
    const NetWeights& weights;
    Vector operator()(const std::string& name) const {
        const auto t = weights.tensor(name);
        return {t.begin(), t.end()};
    }
};

/// W x with W [out, in], plus b where there is one.
Vector times(const Vector& w, const Vector& x, const Vector& b = {}) {
    Vector y(w.size() / x.size());
    for (std::size_t o = 0; o < y.size(); ++o) {
        for (std::size_t i = 0; i < x.size(); ++i) y[o] += w[o * x.size() + i] * x[i];
        if (!b.empty()) y[o] += b[o];
    }
    return y;
}

Vector normed(const Vector& e, const Vector& w, const Vector& b) {
    double mean = 0, variance = 0;
    for (const double v : e) mean += v / static_cast<double>(e.size());
    for (const double v : e) variance += (v - mean) * (v - mean) / static_cast<double>(e.size());
    Vector out(e.size());
    for (std::size_t i = 0; i < e.size(); ++i)
        out[i] = w[i] * (e[i] - mean) / std::sqrt(variance + 1e-5) + b[i];
    return out;
}

/// Attention of bar t over keys and values of entries [from, to), with the bias of one head.
Vector attended(const Vector& q, const Sequence& keys, const Sequence& values, std::size_t t,
                std::size_t window, std::size_t from, std::size_t to, const double* bias) {
    const std::size_t first = t + 1 > window ? t + 1 - window : 0;
    Vector share;
    double sum = 0;
    for (std::size_t j = first; j <= t; ++j) {
        double score = 0;
        for (std::size_t i = from; i < to; ++i) score += q[i] * keys[j][i];
        share.push_back(std::exp(score / std::sqrt(static_cast<double>(to - from)) + bias[t - j]));
        sum += share.back();
    }
    Vector out(to - from);
    for (std::size_t j = first; j <= t; ++j)
        for (std::size_t i = from; i < to; ++i) out[i - from] += share[j - first] / sum * values[j][i];
    return out;
}

Sequence standardised(const Tensors& tensor, const std::vector<std::vector<double>>& rows) {
    const Vector mean = tensor("input.mean"), scale = tensor("input.scale");
    Sequence out = rows;
    for (Vector& row : out)
        for (std::size_t i = 0; i < row.size(); ++i)
            row[i] = std::isfinite(row[i]) ? std::clamp((row[i] - mean[i]) / scale[i], -10.0, 10.0) : 0.0;
    return out;
}

Sequence lstm(const NetSpec& spec, const Tensors& tensor, Sequence x) {
    const std::size_t width = spec.width;
    for (std::size_t l = 0; l < spec.layers; ++l) {
        const std::string prefix = "lstm." + std::to_string(l) + ".";
        const Vector ih = tensor(prefix + "weight_ih"), hh = tensor(prefix + "weight_hh"),
                     b = tensor(prefix + "bias");
        Vector h(width), c(width);
        for (Vector& row : x) {
            const Vector a = times(ih, row, b), before = times(hh, h);
            for (std::size_t i = 0; i < width; ++i) {
                const auto gate = [&](std::size_t g) { return a[g * width + i] + before[g * width + i]; };
                c[i] = sigma(gate(1)) * c[i] + sigma(gate(0)) * std::tanh(gate(2));
                h[i] = sigma(gate(3)) * std::tanh(c[i]);
            }
            row = h;
        }
    }
    const Vector query = tensor("attention.query"), bias = tensor("attention.age_bias");
    const Vector combine = tensor("combine.weight"), combine_bias = tensor("combine.bias");
    Sequence y;
    for (std::size_t t = 0; t < x.size(); ++t) {
        const Vector z = attended(times(query, x[t]), x, x, t, spec.window, 0, width, bias.data());
        Vector joined = x[t];
        joined.insert(joined.end(), z.begin(), z.end());
        y.push_back(times(combine, joined, combine_bias));
        for (double& v : y.back()) v = std::tanh(v);
    }
    return y;
}

void attention_block(const NetSpec& spec, const Tensors& tensor, const std::string& prefix, Sequence& e) {
    Sequence q, k, v;
    for (const Vector& row : e) {
        const Vector u = normed(row, tensor(prefix + "norm1.weight"), tensor(prefix + "norm1.bias"));
        q.push_back(times(tensor(prefix + "query"), u));
        k.push_back(times(tensor(prefix + "key"), u));
        v.push_back(times(tensor(prefix + "value"), u));
    }
    const Vector bias = tensor(prefix + "age_bias");
    const std::size_t head_width = spec.width / spec.heads;
    for (std::size_t t = 0; t < e.size(); ++t) {
        Vector o;
        for (std::size_t h = 0; h < spec.heads; ++h) {
            const Vector part = attended(q[t], k, v, t, spec.window, h * head_width, (h + 1) * head_width,
                                         bias.data() + h * spec.window);
            o.insert(o.end(), part.begin(), part.end());
        }
        const Vector out = times(tensor(prefix + "out.weight"), o, tensor(prefix + "out.bias"));
        for (std::size_t i = 0; i < out.size(); ++i) e[t][i] += out[i];
    }
}

void feed_forward_block(const Tensors& tensor, const std::string& prefix, Sequence& e) {
    for (Vector& row : e) {
        const Vector u = normed(row, tensor(prefix + "norm2.weight"), tensor(prefix + "norm2.bias"));
        Vector a = times(tensor(prefix + "expand.weight"), u, tensor(prefix + "expand.bias"));
        for (double& x : a) x *= sigma(x);
        const Vector out = times(tensor(prefix + "contract.weight"), a, tensor(prefix + "contract.bias"));
        for (std::size_t i = 0; i < out.size(); ++i) row[i] += out[i];
    }
}

void convolution_block(const NetSpec& spec, const Tensors& tensor, const std::string& prefix,
                       std::size_t dilation, Sequence& e) {
    Sequence u;
    for (const Vector& row : e)
        u.push_back(normed(row, tensor(prefix + "norm.weight"), tensor(prefix + "norm.bias")));
    const Vector conv = tensor(prefix + "conv.weight");
    const std::size_t width = spec.width, kernel = spec.kernel;
    for (std::size_t t = 0; t < e.size(); ++t) {
        Vector a = tensor(prefix + "conv.bias");
        for (std::size_t k = 0; k < kernel; ++k) {
            const std::size_t back = (kernel - 1 - k) * dilation;
            if (back > t) continue;
            for (std::size_t o = 0; o < width; ++o)
                for (std::size_t i = 0; i < width; ++i)
                    a[o] += conv[(o * width + i) * kernel + k] * u[t - back][i];
        }
        for (double& x : a) x *= sigma(x);
        const Vector out = times(tensor(prefix + "mix.weight"), a, tensor(prefix + "mix.bias"));
        for (std::size_t i = 0; i < width; ++i) e[t][i] += out[i];
    }
}

Sequence residual_net(const NetSpec& spec, const Tensors& tensor, const Sequence& x) {
    Sequence e;
    for (const Vector& row : x) e.push_back(times(tensor("embed.weight"), row, tensor("embed.bias")));
    const bool transformer = spec.kind == NetKind::transformer;
    for (std::size_t l = 0; l < (transformer ? spec.layers : spec.dilations.size()); ++l) {
        const std::string prefix = "block." + std::to_string(l) + ".";
        if (transformer) {
            attention_block(spec, tensor, prefix, e);
            feed_forward_block(tensor, prefix, e);
        } else {
            convolution_block(spec, tensor, prefix, spec.dilations[l], e);
        }
    }
    for (Vector& row : e) row = normed(row, tensor("norm.weight"), tensor("norm.bias"));
    return e;
}

}  // namespace

std::vector<std::vector<double>> reference_outputs(const NetWeights& weights,
                                                   const std::vector<std::vector<double>>& rows) {
    const Tensors tensor{weights};
    const Sequence x = standardised(tensor, rows);
    Sequence y = weights.spec.kind == NetKind::lstm ? lstm(weights.spec, tensor, x)
                                                    : residual_net(weights.spec, tensor, x);
    for (Vector& row : y) row = times(tensor("head.weight"), row, tensor("head.bias"));
    return y;
}

}  // namespace aitrading::models
