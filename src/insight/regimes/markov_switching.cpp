#include "insight/regimes/markov_switching.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "insight/regimes/switching_emission.hpp"

namespace aitrading::insight {
namespace {

bool all_finite(std::span<const double> values) {
    return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

bool all_positive(std::span<const double> values) {
    return std::ranges::all_of(values, [](double v) { return std::isfinite(v) && v > 0; });
}

Result<void> check_model(const MarkovSwitching& m) {
    const std::size_t n = m.chain.states;
    if (n < 1 || n > states_max || m.chain.start.size() != n || m.chain.transition.size() != n * n ||
        m.coefficient.size() != n * m.regressors || m.sigma.size() != n || m.activity_mean.size() != n * m.activities ||
        m.activity_deviation.size() != n * m.activities)
        return fail(ErrorCode::bad_input, fmt::format("a switching regression of {} states has parameters of other sizes", n));
    if (!all_finite(m.chain.start) || !all_finite(m.chain.transition) || !all_finite(m.coefficient) ||
        !all_finite(m.activity_mean) || !all_positive(m.sigma) || !all_positive(m.activity_deviation))
        return fail(ErrorCode::bad_input, "a switching regression has a parameter that is not finite or a scale that is not positive");
    return {};
}

}  // namespace

MarkovSwitchingFilter::MarkovSwitchingFilter(MarkovSwitching model)
    : model_(std::move(model)),
      forecast_(model_.chain.start),
      posterior_(model_.chain.states),
      mean_(model_.chain.states),
      log_densities_(model_.chain.states) {}

Result<MarkovSwitchingFilter> MarkovSwitchingFilter::of(MarkovSwitching model) {
    TRY_VOID(check_model(model));
    return MarkovSwitchingFilter(std::move(model));
}

std::span<const double> MarkovSwitchingFilter::update(double target, std::span<const double> regressors,
                                                      std::span<const double> activity) {
    constexpr double log_root_two_pi = 0.91893853320467274178;
    const std::size_t n = model_.chain.states;
    const bool use_target = mean_known_ && std::isfinite(target), use_activity = all_finite(activity);
    for (std::size_t k = 0; k < n; ++k) {
        double value = 0;
        if (use_target) {
            const double e = (target - mean_[k]) / model_.sigma[k];
            value = -0.5 * e * e - std::log(model_.sigma[k]) - log_root_two_pi;
        }
        for (std::size_t c = 0; use_activity && c < model_.activities; ++c) {
            const double deviation = model_.activity_deviation[k * model_.activities + c];
            const double e = (activity[c] - model_.activity_mean[k * model_.activities + c]) / deviation;
            value -= 0.5 * e * e + std::log(deviation) + log_root_two_pi;
        }
        log_densities_[k] = value;
    }
    log_likelihood_ += bayes_step(forecast_, log_densities_, posterior_);
    advance(model_.chain, posterior_, forecast_);
    mean_known_ = all_finite(regressors);
    p_up_ = 0.5;
    for (std::size_t k = 0; mean_known_ && k < n; ++k) {
        mean_[k] = 0;
        for (std::size_t r = 0; r < model_.regressors; ++r)
            mean_[k] += model_.coefficient[k * model_.regressors + r] * regressors[r];
        p_up_ += 0.5 * forecast_[k] * std::erf(mean_[k] / model_.sigma[k] / std::numbers::sqrt2);
    }
    return posterior_;
}

Result<SmoothedPath> smoothed_path(const MarkovSwitching& model, const SwitchingSeries& series) {
    TRY_VOID(check_model(model));
    const std::size_t n = model.chain.states;
    MarkovSwitching copy = model;
    const SwitchingEmission emission(copy, series);
    std::vector<double> rows(series.target.size() * n), predicted(rows.size()), counts(n * n);
    emission.evaluate(rows);
    forward_pass(model.chain, rows, predicted);
    backward_pass(model.chain, rows, predicted, counts);
    return SmoothedPath(n, std::move(rows));
}

}  // namespace aitrading::insight
