#include "proving/learning/parzen.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/check.hpp"

namespace aitrading::learning {
namespace {

constexpr std::size_t kFlatWeights = 25;

bool is_log(ParameterKind kind) {
    return kind == ParameterKind::logarithmic || kind == ParameterKind::logarithmic_integer;
}
bool is_whole(ParameterKind kind) {
    return kind == ParameterKind::integer || kind == ParameterKind::logarithmic_integer;
}

double to_scale(ParameterKind kind, double value) {
    return is_log(kind) ? std::log(value) : value;
}

/// Back to the parameter: exponent, rounding, and into the range.
double from_scale(const ParameterRange& range, double scaled) {
    double value = is_log(range.kind) ? std::exp(scaled) : scaled;
    if (is_whole(range.kind)) value = std::round(value);
    return std::clamp(value, range.low, range.high);
}

/// Whole numbers own half a unit to both sides.
double scale_low(const ParameterRange& r) {
    return to_scale(r.kind, is_whole(r.kind) ? r.low - 0.5 : r.low);
}
double scale_high(const ParameterRange& r) {
    return to_scale(r.kind, is_whole(r.kind) ? r.high + 0.5 : r.high);
}

/// Weights of n values, oldest first.
std::vector<double> age_weights(std::size_t n) {
    std::vector<double> weights(n, 1.0);
    if (n <= kFlatWeights) return weights;
    const std::size_t ramp = n - kFlatWeights;
    const double first = 1.0 / static_cast<double>(n);
    for (std::size_t i = 0; i < ramp; ++i)
        weights[i] = ramp == 1
                         ? first
                         : first + (1.0 - first) * static_cast<double>(i) / static_cast<double>(ramp - 1);
    return weights;
}

double log_sum(std::span<const double> logs) {
    const double top = *std::ranges::max_element(logs);
    if (!std::isfinite(top)) return top;
    double sum = 0;
    for (const double l : logs) sum += std::exp(l - top);
    return top + std::log(sum);
}

}  // namespace

double normal_cdf(double x) {
    return 0.5 * std::erfc(-x * std::numbers::sqrt2 / 2);
}

double normal_quantile(double p) {
    constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                            1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
    constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                            6.680131188771972e+01, -1.328068155288572e+01};
    constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                            -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
    constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                            3.754408661907416e+00};
    double x = 0;
    if (const double tail = std::min(p, 1 - p); tail < 0.02425) {
        const double q = std::sqrt(-2 * std::log(tail));
        x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
            ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
        if (p > 0.5) x = -x;
    } else {
        const double q = p - 0.5, r = q * q;
        x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
            (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
    }
    const double error = normal_cdf(x) - p;
    const double step = error * std::sqrt(2 * std::numbers::pi) * std::exp(x * x / 2);
    return x - step / (1 + x * step / 2);
}

double sample_uniform(const ParameterRange& range, SplitMix64& random) {
    const double u = random.next_uniform();
    if (range.kind == ParameterKind::categorical)
        return std::floor(u * static_cast<double>(range.choices.size()));
    return from_scale(range, scale_low(range) + u * (scale_high(range) - scale_low(range)));
}

Parzen::Parzen(const ParameterRange& range, std::span<const double> values) : range_(range) {
    if (range.kind == ParameterKind::categorical)
        build_choices(values);
    else
        build_numbers(values);
}

void Parzen::build_choices(std::span<const double> values) {
    // Every value is a row of smoothed counts, the prior one more, uniform row.
    const auto choices = static_cast<double>(range_.choices.size());
    const double smooth = 1.0 / static_cast<double>(values.size() + 1);
    const auto weights = age_weights(values.size());
    const double total = std::accumulate(weights.begin(), weights.end(), 1.0);
    choice_.assign(range_.choices.size(), 1.0 / total / choices);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double norm = weights[i] / total / (1 + choices * smooth);
        for (double& p : choice_) p += smooth * norm;
        choice_[static_cast<std::size_t>(values[i])] += norm;
    }
}

void Parzen::build_numbers(std::span<const double> values) {
    low_ = scale_low(range_);
    high_ = scale_high(range_);
    const double width = high_ - low_;
    const std::size_t count = values.size() + 1;
    auto weights = age_weights(values.size());
    weights.push_back(1.0);  // the prior
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    kernels_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        kernels_[i].weight = weights[i] / total;
        kernels_[i].mu = i + 1 < count ? to_scale(range_.kind, values[i]) : (low_ + high_) / 2;
    }
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return kernels_[i].mu; });
    const double narrowest = width / std::min(100.0, 1.0 + static_cast<double>(count));
    for (std::size_t k = 0; k < count; ++k) {
        // The ends of the range count as neighbours only where there is no other.
        const double mu = kernels_[order[k]].mu;
        double gap = 0;
        if (k > 0) gap = std::max(gap, mu - kernels_[order[k - 1]].mu);
        if (k + 1 < count) gap = std::max(gap, kernels_[order[k + 1]].mu - mu);
        if (count == 1) gap = width;
        kernels_[order[k]].sigma = std::clamp(gap, narrowest, width);
    }
    kernels_.back().sigma = width;
    for (auto& kernel : kernels_) {
        kernel.below = normal_cdf((low_ - kernel.mu) / kernel.sigma);
        kernel.inside = normal_cdf((high_ - kernel.mu) / kernel.sigma) - kernel.below;
    }
}

double Parzen::sample(SplitMix64& random) const {
    double u = random.next_uniform();
    if (range_.kind == ParameterKind::categorical) {
        std::size_t k = 0;
        while (k + 1 < choice_.size() && u >= choice_[k]) u -= choice_[k++];
        return static_cast<double>(k);
    }
    std::size_t k = 0;
    while (k + 1 < kernels_.size() && u >= kernels_[k].weight) u -= kernels_[k++].weight;
    const Kernel& kernel = kernels_[k];
    const double p = kernel.below + random.next_uniform() * kernel.inside;
    const double scaled = kernel.mu + kernel.sigma * normal_quantile(std::clamp(p, 1e-300, 1 - 0x1.0p-53));
    return from_scale(range_, std::clamp(scaled, low_, high_));
}

double Parzen::log_density(double value) const {
    if (range_.kind == ParameterKind::categorical) return std::log(choice_[static_cast<std::size_t>(value)]);
    std::vector<double> logs;
    logs.reserve(kernels_.size());
    const bool whole = is_whole(range_.kind);
    const double x = whole ? 0 : to_scale(range_.kind, value);
    const double from = whole ? to_scale(range_.kind, value - 0.5) : 0,
                 to = whole ? to_scale(range_.kind, value + 0.5) : 0;
    for (const auto& kernel : kernels_) {
        const double scale = std::log(kernel.weight / kernel.inside);
        if (whole) {
            const double mass =
                normal_cdf((to - kernel.mu) / kernel.sigma) - normal_cdf((from - kernel.mu) / kernel.sigma);
            logs.push_back(scale + std::log(std::max(mass, 1e-300)));
        } else {
            const double z = (x - kernel.mu) / kernel.sigma;
            logs.push_back(scale - z * z / 2 - std::log(kernel.sigma * std::sqrt(2 * std::numbers::pi)));
        }
    }
    return log_sum(logs);
}

}  // namespace aitrading::learning
