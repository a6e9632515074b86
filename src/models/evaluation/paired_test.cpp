#include "models/evaluation/paired_test.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

constexpr std::size_t first_look = 20;
constexpr double alpha = 0.05;

/// The lowest mean m for which the mixture of sum - n m does not yet reject: found by halving, since it falls with m.
double lower_bound(double sum, double variance, double n, double rho) {
    double low = (sum - 40 * std::sqrt(variance + rho)) / n, high = sum / n;
    for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        (normal_mixture_above(sum - n * middle, variance, rho) >= -std::log(alpha) ? low : high) = middle;
    }
    return low;
}

}  // namespace

double normal_mixture(double s, double v, double rho) { return 0.5 * std::log(rho / (v + rho)) + s * s / (2 * (v + rho)); }

double normal_mixture_above(double s, double v, double rho) {
    const double z = s / std::sqrt(v + rho);
    // Far below 0 the distribution function underflows; there its logarithm is -z^2/2 - ln(-z sqrt(2 pi)).
    const double log_cdf = z > -30 ? std::log(normal_cdf(z)) : -0.5 * z * z - std::log(-z * 2.50662827463100050242);
    return 0.5 * std::log(4 * rho / (v + rho)) + 0.5 * z * z + log_cdf;
}

double best_rho(double v_opt, double alpha_opt) {
    const double budget = -2 * std::log(alpha_opt);
    return v_opt / (budget + std::log1p(budget));
}

double sign_wealth(std::span<const double> gain) {
    double out = 1;
    for (const double g : gain)
        if (g != 0) out *= g > 0 ? 1.2 : 0.8;
    return out;
}

PairedTest paired_test(std::span<const double> reference_loss, std::span<const double> challenger_loss, std::size_t block) {
    CHECK(reference_loss.size() == challenger_loss.size() && block >= 1);
    std::vector<double> gain;
    for (std::size_t at = 0; at + block <= reference_loss.size(); at += block) {
        double sum = 0;
        for (std::size_t i = at; i < at + block; ++i) sum += reference_loss[i] - challenger_loss[i];
        gain.push_back(sum / static_cast<double>(block));
    }
    PairedTest out;
    out.blocks = gain.size();
    if (gain.empty()) return out;
    out.mean_gain = mean(gain);
    out.sign_e_value = sign_wealth(gain);
    // In units of the first blocks' deviation; the horizon for which rho is best is what is expected to come.
    const double rho = best_rho(static_cast<double>(std::max(gain.size(), 2 * first_look)), 2 * alpha);
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < gain.size(); ++i) {
        sum += gain[i];
        squares += gain[i] * gain[i];
        const auto n = static_cast<double>(i + 1);
        const double variance = squares / n - sum / n * (sum / n);
        if (i + 1 < first_look || !(variance > 0)) continue;
        const double deviation = std::sqrt(variance);
        out.p_value = std::min(out.p_value, std::exp(-std::max(0.0, normal_mixture_above(sum / deviation, n, rho))));
        if (i + 1 == gain.size()) out.low = deviation * lower_bound(sum / deviation, n, n, rho);
    }
    return out;
}

std::vector<double> log_losses(std::span<const float> y, std::span<const double> p) {
    CHECK(y.size() == p.size());
    std::vector<double> out;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const double clipped = std::clamp(p[i], 1e-3, 1 - 1e-3);
        out.push_back(-std::log(y[i] > 0.5F ? clipped : 1 - clipped));
    }
    return out;
}

}  // namespace aitrading::models
