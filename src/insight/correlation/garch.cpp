#include "insight/correlation/garch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "insight/correlation/nelder_mead.hpp"

namespace aitrading::insight {
namespace {

constexpr std::size_t returns_min = 100, backcast_max = 75;
constexpr double boundary = 1e-4;

double share(double x) { return 1 / (1 + std::exp(-x)); }
/// alpha + beta, or a + b, stays this far below 1: exactly 1 would be no law.
double persistence_of(double x) { return (1 - 1e-6) * share(x); }
double logit(double p) { return std::log(p / (1 - p)); }

/// Free numbers to parameters: mean, log of the long-run variance, logit of alpha + beta, logit of alpha's share of it.
GarchLaw law_of(std::span<const double> free, double backcast) {
    const double persistence = persistence_of(free[2]), alpha = persistence * share(free[3]);
    return {free[0], (1 - persistence) * std::exp(free[1]), alpha, persistence - alpha, backcast};
}

/// Twice the negative log likelihood without its constant. Logarithms are taken of products of a few variances.
double deviance(const GarchLaw& law, std::span<const double> returns) {
    double variance = law.first_variance(), product = 1, total = 0;
    for (const double r : returns) {
        const double e = r - law.mean, square = e * e;
        total += square / variance;
        product *= variance;
        if (product < 1e-100 || product > 1e100) {
            total += std::log(product);
            product = 1;
        }
        variance = law.omega + law.alpha * square + law.beta * variance;
    }
    return total + std::log(product);
}

double backcast_of(std::span<const double> returns, double mean) {
    double weight = 1, weights = 0, sum = 0;
    for (std::size_t t = 0; t < std::min(backcast_max, returns.size()); ++t, weight *= 0.94) {
        weights += weight;
        sum += weight * (returns[t] - mean) * (returns[t] - mean);
    }
    return sum / weights;
}

std::array<double, 4> best_start(std::span<const double> returns, double backcast) {
    std::array<double, 4> best{};
    double least = 0;
    bool first = true;
    for (const double persistence : {0.5, 0.9, 0.98})
        for (const double alpha : {0.03, 0.08, 0.15}) {
            const std::array<double, 4> at{0, 0, logit(persistence), logit(alpha / persistence)};
            const double value = deviance(law_of(at, backcast), returns);
            if (first || value < least) least = value, best = at;
            first = false;
        }
    return best;
}

}  // namespace

Result<GarchFit> fit_garch(std::span<const double> returns) {
    const std::size_t n = returns.size();
    if (n < returns_min) return fail(ErrorCode::bad_input, fmt::format("{} returns are too few for a GARCH: at least {}", n, returns_min));
    double mean = 0, square = 0;
    for (std::size_t t = 0; t < n; ++t) {
        if (!std::isfinite(returns[t])) return fail(ErrorCode::bad_input, fmt::format("the return of row {} is not a finite number", t));
        mean += returns[t] / static_cast<double>(n);
    }
    for (const double r : returns) square += (r - mean) * (r - mean) / static_cast<double>(n);
    const double scale = std::sqrt(square);
    if (std::ranges::all_of(returns, [&](double r) { return r == returns[0]; }) || !(scale > 0))
        return fail(ErrorCode::bad_input, "the series does not move: no variance to model");
    std::vector<double> x(n);
    for (std::size_t t = 0; t < n; ++t) x[t] = (returns[t] - mean) / scale;
    const double backcast = backcast_of(x, 0);
    const auto value = [&](std::span<const double> free) { return deviance(law_of(free, backcast), x); };
    const Minimum found = nelder_mead(value, best_start(x, backcast), {});

    GarchFit out;
    GarchLaw law = law_of(found.at, backcast);
    const double persistence = law.alpha + law.beta;
    out.at_boundary = law.alpha < boundary || law.beta < boundary || persistence > 1 - boundary;
    out.converged = found.converged;
    out.evaluations = found.evaluations;
    out.log_likelihood = -0.5 * (found.value + static_cast<double>(n) * (std::log(2 * std::numbers::pi) + 2 * std::log(scale)));
    double variance = law.first_variance();
    for (const double r : x) {
        const double e = r - law.mean;
        out.standardised.push_back(e / std::sqrt(variance));
        variance = law.omega + law.alpha * e * e + law.beta * variance;
    }
    out.next_variance = square * variance;
    out.law = {mean + scale * law.mean, square * law.omega, law.alpha, law.beta, square * backcast};
    return out;
}

}  // namespace aitrading::insight
