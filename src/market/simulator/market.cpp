#include "market/simulator/market.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace aitrading::market {
namespace {

constexpr int first_regime = 4;
constexpr int uniforms_per_bar = 9;

using Uniforms = std::array<double, uniforms_per_bar>;

/// normal(a, b) of the specification.
double normal(const Uniforms& u, std::size_t a, std::size_t b) {
    return std::sqrt(-2.0 * std::log(1.0 - u[a])) * std::cos(2.0 * std::numbers::pi * u[b]);
}

Uniforms draw(SplitMix64& random) {
    Uniforms u;
    for (double& value : u) value = random.next_uniform();
    return u;
}

/// Mean of the next return in units of sigma, given the bar before it.
double mean_of(const RegimeParameters& k, double strength, const MarketRow& before, double lagged) {
    return strength * (k.drift + k.flow * before.x + k.lagged * lagged + k.dollar * before.dxy);
}

}  // namespace

int draw_regime(const RegimeVector& row, double u) {
    double cumulative = 0;
    int reachable = 0;
    for (std::size_t j = 0; j < regime_count; ++j) {
        cumulative += row[j];
        if (u < cumulative) return static_cast<int>(j);
        if (row[j] > 0) reachable = static_cast<int>(j);
    }
    return reachable;
}

RegimeVector advance_law(const RegimeVector& law, const TransitionMatrix& transition) {
    RegimeVector next{};
    for (std::size_t j = 0; j < regime_count; ++j)
        for (std::size_t k = 0; k < regime_count; ++k) next[k] += law[j] * transition[j][k];
    double total = 0;
    for (const double value : next) total += value;
    for (double& value : next) value /= total;
    return next;
}

RegimeVector stationary_law(const TransitionMatrix& transition) {
    // Squaring the matrix 40 times is 2^40 steps of the chain: far beyond what any duration here needs.
    TransitionMatrix power = transition;
    for (int round = 0; round < 40; ++round) {
        TransitionMatrix squared{};
        for (std::size_t i = 0; i < regime_count; ++i) squared[i] = advance_law(power[i], power);
        power = squared;
    }
    return power[0];
}

double log_density_of_activity(const MarketRow& row, double mean_log_volume, double mean_log_spread) {
    const double v = (row.log_volume - mean_log_volume) / log_volume_sd;
    const double s = (row.log_spread - mean_log_spread) / log_spread_sd;
    return -0.5 * (v * v + s * s);
}

RegimeVector bayes_update(const RegimeVector& prior, const RegimeVector& log_likelihood) {
    RegimeVector weight;
    for (std::size_t k = 0; k < regime_count; ++k) weight[k] = std::log(prior[k]) + log_likelihood[k];
    const double greatest = *std::max_element(weight.begin(), weight.end());
    double total = 0;
    for (double& value : weight) {
        value = std::exp(value - greatest);
        total += value;
    }
    for (double& value : weight) value /= total;
    return weight;
}

SyntheticMarket::SyntheticMarket(const MarketParameters& parameters, std::uint64_t seed)
    : parameters_(parameters), random_(seed) {
    const Uniforms u = draw(random_);
    last_.t = -dropped_bars;
    last_.regime = first_regime;
    last_.x = normal(u, 1, 2);
    last_.dxy = normal(u, 3, 4);
    while (last_.t < -1) advance();
}

MarketRow SyntheticMarket::next() {
    advance();
    return last_;
}

void SyntheticMarket::advance() {
    const Uniforms u = draw(random_);
    MarketRow row;
    row.t = last_.t + 1;
    row.regime = draw_regime(parameters_.transition[static_cast<std::size_t>(last_.regime)], u[0]);
    const RegimeParameters& k = parameters_.regimes[static_cast<std::size_t>(row.regime)];
    row.x = 0.6 * last_.x + 0.8 * normal(u, 1, 2);
    row.dxy = normal(u, 3, 4);
    const double m = mean_of(k, parameters_.strength, last_, std::tanh(last_.r_bp / 5.0));
    row.r_bp = k.sigma_bp * (m + normal(u, 5, 6));
    const double radius = std::sqrt(-2.0 * std::log(1.0 - u[7]));
    const double angle = 2.0 * std::numbers::pi * u[8];
    row.log_volume = k.mean_log_volume + log_volume_sd * (radius * std::cos(angle));
    row.log_spread = k.mean_log_spread + log_spread_sd * (radius * std::sin(angle));
    last_ = row;
}

ExactFilter::ExactFilter(const MarketParameters& parameters)
    : parameters_(parameters), forecast_(stationary_law(parameters.transition)) {}

void ExactFilter::update(const MarketRow& row) {
    RegimeVector log_likelihood;
    for (std::size_t k = 0; k < regime_count; ++k) {
        const RegimeParameters& regime = parameters_.regimes[k];
        log_likelihood[k] = log_density_of_activity(row, regime.mean_log_volume, regime.mean_log_spread);
        if (!started_) continue;  // the bar before the first is not known, so its return says nothing
        const double z = row.r_bp / regime.sigma_bp - mean_[k];
        log_likelihood[k] += -0.5 * z * z - std::log(regime.sigma_bp);
    }
    started_ = true;
    posterior_ = bayes_update(forecast_, log_likelihood);
    forecast_ = advance_law(posterior_, parameters_.transition);
    // Summed about one half, so that the null market gives 0.5 exactly.
    const double lagged = std::tanh(row.r_bp / 5.0);
    double above_half = 0;
    for (std::size_t k = 0; k < regime_count; ++k) {
        mean_[k] = mean_of(parameters_.regimes[k], parameters_.strength, row, lagged);
        above_half += forecast_[k] * (0.5 * std::erf(mean_[k] / std::numbers::sqrt2));
    }
    p_up_next_ = 0.5 + above_half;
}

}  // namespace aitrading::market
