#include "market/simulator/other_market.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "market/simulator/market_draws.hpp"

namespace aitrading::market {
namespace {

constexpr double degrees = 5.0;
constexpr double target_accuracy = 0.751;
constexpr int calibration_bars = 30'000;
constexpr int calibration_steps = 14;

/// Standard deviation of the unscaled Student-t is sqrt(5/3).
const double scale = std::sqrt((degrees - 2.0) / degrees);

OtherRegime draw_regime_parameters(SplitMix64& random) {
    OtherRegime k{};
    k.drift = 0.4 * random.next_normal();
    k.flow = signed_between(random, 0.5, 1.1);
    k.dollar = signed_between(random, 0.3, 0.8);
    k.interaction = signed_between(random, 0.3, 0.9);
    k.threshold = signed_between(random, 0.2, 0.7);
    k.sigma_bp = std::exp(between(random, std::log(1.5), std::log(24.0)));
    k.mean_log_volume = between(random, -1.2, 1.5);
    k.mean_log_spread = between(random, -0.8, 1.4);
    return k;
}

/// Mean of the next return in units of sigma, given the bar before it.
double mean_of(const OtherRegime& k, double strength, const MarketRow& before) {
    const double sign = before.r_bp > 0 ? 1.0 : -1.0;
    const double threshold = std::abs(before.r_bp) > k.sigma_bp ? k.threshold * sign : 0.0;
    return strength * (k.drift + k.flow * before.x + k.dollar * before.dxy + k.interaction * before.x * before.dxy +
                       threshold);
}

double accuracy_of_optimum(const OtherParameters& parameters, std::uint64_t seed) {
    OtherMarket market(parameters, seed);
    OtherFilter filter(parameters);
    double sum = 0;
    for (int i = 0; i < calibration_bars; ++i) {
        filter.update(market.next());
        sum += std::max(filter.p_up_next(), 1.0 - filter.p_up_next());
    }
    return sum / calibration_bars;
}

}  // namespace

double scaled_t5_cdf(double value) {
    const double theta = std::atan(value / (scale * std::sqrt(degrees)));
    const double c = std::cos(theta), s = std::sin(theta);
    return 0.5 + (theta + s * (c + 2.0 / 3.0 * c * c * c)) / std::numbers::pi;
}

OtherParameters draw_other_market(std::uint64_t seed) {
    OtherParameters parameters;
    SplitMix64 random(derive_seed(seed, 1));
    for (std::size_t k = 0; k < regime_count; ++k) {
        parameters.transition[k] = draw_transitions(random, k, 0.97, 0.995);
        parameters.regimes[k] = draw_regime_parameters(random);
    }
    double low = 0.2, high = 3.0;
    for (int step = 0; step < calibration_steps; ++step) {
        parameters.strength = 0.5 * (low + high);
        const bool too_weak = accuracy_of_optimum(parameters, derive_seed(seed, 2)) < target_accuracy;
        (too_weak ? low : high) = parameters.strength;
    }
    return parameters;
}

OtherMarket::OtherMarket(const OtherParameters& parameters, std::uint64_t seed)
    : parameters_(parameters), random_(seed) {
    last_.t = -dropped_bars - 1;
    last_.regime = 4;
    while (last_.t < -1) advance();
}

MarketRow OtherMarket::next() {
    advance();
    return last_;
}

void OtherMarket::advance() {
    std::array<double, 9> u;
    for (double& value : u) value = random_.next_uniform();
    const auto normal = [&u](std::size_t a, std::size_t b) {
        return std::sqrt(-2.0 * std::log(1.0 - u[a])) * std::cos(2.0 * std::numbers::pi * u[b]);
    };
    MarketRow row;
    row.t = last_.t + 1;
    row.dxy = normal(3, 4);
    if (row.t == -dropped_bars) {  // bar 0: nothing came before it
        row.regime = last_.regime;
        row.x = normal(1, 2);
        last_ = row;
        return;
    }
    row.regime = draw_regime(parameters_.transition[static_cast<std::size_t>(last_.regime)], u[0]);
    const OtherRegime& k = parameters_.regimes[static_cast<std::size_t>(row.regime)];
    row.x = 0.6 * last_.x + 0.8 * normal(1, 2);
    const double tail = std::pow(1.0 - u[5], -2.0 / degrees) - 1.0;
    const double noise = scale * std::sqrt(degrees * tail) * std::cos(2.0 * std::numbers::pi * u[6]);
    row.r_bp = k.sigma_bp * (mean_of(k, parameters_.strength, last_) + noise);
    const double radius = std::sqrt(-2.0 * std::log(1.0 - u[7]));
    const double angle = 2.0 * std::numbers::pi * u[8];
    row.log_volume = k.mean_log_volume + log_volume_sd * (radius * std::cos(angle));
    row.log_spread = k.mean_log_spread + log_spread_sd * (radius * std::sin(angle));
    last_ = row;
}

OtherFilter::OtherFilter(const OtherParameters& parameters)
    : parameters_(parameters), forecast_(stationary_law(parameters.transition)) {}

void OtherFilter::update(const MarketRow& row) {
    RegimeVector log_likelihood;
    for (std::size_t k = 0; k < regime_count; ++k) {
        const OtherRegime& regime = parameters_.regimes[k];
        log_likelihood[k] = log_density_of_activity(row, regime.mean_log_volume, regime.mean_log_spread);
        if (!started_) continue;  // the bar before the first is not known, so its return says nothing
        const double e = (row.r_bp / regime.sigma_bp - mean_[k]) / scale;
        log_likelihood[k] += -0.5 * (degrees + 1.0) * std::log1p(e * e / degrees) - std::log(regime.sigma_bp);
    }
    started_ = true;
    posterior_ = bayes_update(forecast_, log_likelihood);
    forecast_ = advance_law(posterior_, parameters_.transition);
    double above_half = 0;
    for (std::size_t k = 0; k < regime_count; ++k) {
        mean_[k] = mean_of(parameters_.regimes[k], parameters_.strength, row);
        above_half += forecast_[k] * (scaled_t5_cdf(mean_[k]) - 0.5);  // P(m + e > 0) = F(m) by symmetry
    }
    p_up_next_ = 0.5 + above_half;
}

}  // namespace aitrading::market
