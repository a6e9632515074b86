#include "insight/regimes/switching_emission.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

const double log_root_two_pi = 0.5 * std::log(2 * std::numbers::pi);

bool finite_row(MatrixView view, std::size_t t) {
    return std::ranges::all_of(view.row(t), [](double v) { return std::isfinite(v); });
}

/// Solves the normal equations in place by Cholesky; false where they are singular. @param a [n x n] symmetric
bool solve_normal(std::vector<double>& a, std::vector<double>& b, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = a[i * n + j];
            for (std::size_t m = 0; m < j; ++m) sum -= a[i * n + m] * a[j * n + m];
            if (i == j && !(sum > 1e-12 * a[i * n + i])) return false;
            a[i * n + j] = i == j ? std::sqrt(sum) : sum / a[j * n + j];
        }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t m = 0; m < i; ++m) b[i] -= a[i * n + m] * b[m];
        b[i] /= a[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t m = i + 1; m < n; ++m) b[i] -= a[m * n + i] * b[m];
        b[i] /= a[i * n + i];
    }
    return true;
}

}  // namespace

SwitchingEmission::SwitchingEmission(MarkovSwitching& model, const SwitchingSeries& series)
    : model_(model), series_(series) {
    const std::size_t rows = series.target.size(), columns = series.activity.columns;
    target_known_.resize(rows);
    activity_known_.resize(rows);
    double square = 0, known = 0;
    std::vector<double> sum(columns), sum_square(columns);
    double active = 0;
    for (std::size_t t = 0; t < rows; ++t) {
        target_known_[t] = t > 0 && std::isfinite(series.target[t]) && finite_row(series.regressors, t - 1);
        activity_known_[t] = finite_row(series.activity, t);
        if (target_known_[t]) square += series.target[t] * series.target[t], known += 1;
        if (!activity_known_[t]) continue;
        active += 1;
        for (std::size_t c = 0; c < columns; ++c) sum[c] += series.activity.row(t)[c];
    }
    target_scale_ = std::sqrt(square / std::max(known, 1.0));
    for (std::size_t c = 0; c < columns; ++c) activity_centre_.push_back(sum[c] / std::max(active, 1.0));
    for (std::size_t t = 0; t < rows; ++t)
        for (std::size_t c = 0; activity_known_[t] && c < columns; ++c) {
            const double off = series.activity.row(t)[c] - activity_centre_[c];
            sum_square[c] += off * off;
        }
    for (std::size_t c = 0; c < columns; ++c) activity_scale_.push_back(std::sqrt(sum_square[c] / std::max(active, 1.0)));
}

template <std::size_t fixed>
void SwitchingEmission::evaluate_rows(std::span<double> rows) const {
    const std::size_t n = fixed != 0 ? fixed : model_.chain.states;
    const std::size_t regressors = model_.regressors, activities = model_.activities;
    std::vector<double> coefficient(regressors * n), mean(activities * n), precision(activities * n);
    std::array<double, states_max> constant_target{}, constant_activity{}, target_precision{};
    for (std::size_t k = 0; k < n; ++k) {
        target_precision[k] = 1 / model_.sigma[k];
        constant_target[k] = -std::log(model_.sigma[k]) - log_root_two_pi;
        for (std::size_t r = 0; r < regressors; ++r) coefficient[r * n + k] = model_.coefficient[k * regressors + r];
        for (std::size_t c = 0; c < activities; ++c) {
            mean[c * n + k] = model_.activity_mean[k * activities + c];
            precision[c * n + k] = 1 / model_.activity_deviation[k * activities + c];
            constant_activity[k] -= std::log(model_.activity_deviation[k * activities + c]) + log_root_two_pi;
        }
    }
    for (std::size_t t = 0; t < series_.target.size(); ++t) {
        std::array<double, states_max> value{}, expected{};
        if (target_known_[t]) {
            const double* z = series_.regressors.row(t - 1).data();
            for (std::size_t r = 0; r < regressors; ++r)
                for (std::size_t k = 0; k < n; ++k) expected[k] += coefficient[r * n + k] * z[r];
            for (std::size_t k = 0; k < n; ++k) {
                const double e = (series_.target[t] - expected[k]) * target_precision[k];
                value[k] = constant_target[k] - 0.5 * e * e;
            }
        }
        if (activity_known_[t]) {
            const double* w = series_.activity.row(t).data();
            for (std::size_t k = 0; k < n; ++k) value[k] += constant_activity[k];
            for (std::size_t c = 0; c < activities; ++c)
                for (std::size_t k = 0; k < n; ++k) {
                    const double e = (w[c] - mean[c * n + k]) * precision[c * n + k];
                    value[k] -= 0.5 * e * e;
                }
        }
        for (std::size_t k = 0; k < n; ++k) rows[t * n + k] = value[k];
    }
}

void SwitchingEmission::evaluate(std::span<double> rows) const {
    if (model_.chain.states == 12)
        evaluate_rows<12>(rows);
    else
        evaluate_rows<0>(rows);
}

template <std::size_t fixed>
void SwitchingEmission::add_up(std::span<const double> posterior) {
    const std::size_t n = fixed != 0 ? fixed : model_.chain.states;
    const std::size_t regressors = model_.regressors, activities = model_.activities;
    products_.assign(pairs() * n, 0.0);
    first_.assign(activities * n, 0.0);
    second_.assign(activities * n, 0.0);
    weight_target_.assign(n, 0.0);
    weight_activity_.assign(n, 0.0);
    std::vector<double> z(regressors + 1);
    for (std::size_t t = 0; t < series_.target.size(); ++t) {
        const double* g = &posterior[t * n];
        if (target_known_[t]) {
            std::ranges::copy(series_.regressors.row(t - 1), z.begin());
            z[regressors] = series_.target[t];
            double* sum = products_.data();
            for (std::size_t i = 0; i <= regressors; ++i)
                for (std::size_t j = 0; j <= i; ++j, sum += n) {
                    const double product = z[i] * z[j];
                    for (std::size_t k = 0; k < n; ++k) sum[k] += product * g[k];
                }
            for (std::size_t k = 0; k < n; ++k) weight_target_[k] += g[k];
        }
        if (!activity_known_[t]) continue;
        for (std::size_t c = 0; c < activities; ++c) {
            const double off = series_.activity.row(t)[c] - activity_centre_[c], square = off * off;
            double *first = &first_[c * n], *second = &second_[c * n];
            for (std::size_t k = 0; k < n; ++k) first[k] += off * g[k];
            for (std::size_t k = 0; k < n; ++k) second[k] += square * g[k];
        }
        for (std::size_t k = 0; k < n; ++k) weight_activity_[k] += g[k];
    }
}

bool SwitchingEmission::solve(std::size_t k, MarkovSwitching& next) const {
    constexpr double least_scale = 1e-4;
    const std::size_t n = model_.chain.states, regressors = model_.regressors, activities = model_.activities;
    const double rows = weight_target_[k], active = weight_activity_[k];
    if (!(rows >= 5.0 * static_cast<double>(regressors + 1)) || !(active > 0 || activities == 0)) return false;
    std::vector<double> matrix(regressors * regressors), right(regressors), coefficient;
    const auto product = [&](std::size_t i, std::size_t j) { return products_[(i * (i + 1) / 2 + j) * n + k]; };
    for (std::size_t i = 0; i < regressors; ++i) {
        right[i] = product(regressors, i);
        for (std::size_t j = 0; j <= i; ++j) matrix[i * regressors + j] = matrix[j * regressors + i] = product(i, j);
    }
    coefficient = right;
    if (!solve_normal(matrix, coefficient, regressors)) return false;
    double left_over = product(regressors, regressors);
    for (std::size_t i = 0; i < regressors; ++i) {
        next.coefficient[k * regressors + i] = coefficient[i];
        left_over -= coefficient[i] * right[i];
    }
    next.sigma[k] = std::sqrt(std::max(left_over, 0.0) / rows);
    if (!(next.sigma[k] > least_scale * target_scale_)) return false;
    for (std::size_t c = 0; c < activities; ++c) {
        const double mean = first_[c * n + k] / active;
        const double deviation = std::sqrt(std::max(second_[c * n + k] / active - mean * mean, 0.0));
        next.activity_mean[k * activities + c] = activity_centre_[c] + mean;
        next.activity_deviation[k * activities + c] = deviation;
        if (!(deviation > least_scale * activity_scale_[c])) return false;
    }
    return true;
}

bool SwitchingEmission::maximise(std::span<const double> posterior) {
    if (model_.chain.states == 12)
        add_up<12>(posterior);
    else
        add_up<0>(posterior);
    MarkovSwitching next = model_;
    for (std::size_t k = 0; k < model_.chain.states; ++k)
        if (!solve(k, next)) return false;
    next.chain = model_.chain;
    model_ = std::move(next);
    return true;
}

}  // namespace aitrading::insight
