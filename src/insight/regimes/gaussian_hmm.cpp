#include "insight/regimes/gaussian_hmm.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

/// Inverse of the Cholesky factor of a symmetric matrix, lower triangle row by row; false where it is not positive
/// definite. @param log_determinant half of that of the matrix
bool inverse_factor(std::span<const double> matrix, std::size_t d, std::span<double> out, double& log_determinant) {
    std::vector<double> factor(d * d, 0.0);
    log_determinant = 0;
    for (std::size_t i = 0; i < d; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = matrix[i * d + j];
            for (std::size_t m = 0; m < j; ++m) sum -= factor[i * d + m] * factor[j * d + m];
            if (i == j && !(sum > 0)) return false;
            factor[i * d + j] = i == j ? std::sqrt(sum) : sum / factor[j * d + j];
            if (i == j) log_determinant += std::log(factor[i * d + i]);
        }
    for (std::size_t i = 0; i < d; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = i == j ? 1.0 : 0.0;
            for (std::size_t m = j; m < i; ++m) sum -= factor[i * d + m] * out[m * (m + 1) / 2 + j];
            out[i * (i + 1) / 2 + j] = sum / factor[i * d + i];
        }
    return std::isfinite(log_determinant);
}

bool all_finite(std::span<const double> values) {
    return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

}  // namespace

Result<GaussianDensities> GaussianDensities::of(const GaussianHmm& model) {
    const std::size_t n = model.chain.states, d = model.dimensions, triangle = d * (d + 1) / 2;
    if (n < 1 || n > states_max || d < 1 || model.chain.start.size() != n || model.chain.transition.size() != n * n ||
        model.mean.size() != n * d || model.covariance.size() != n * d * d || !(model.degrees > 2))
        return fail(ErrorCode::bad_input, fmt::format("a hidden Markov model of {} states and {} columns has parameters "
                                                      "of other sizes, or degrees of freedom of 2 or less", n, d));
    if (!all_finite(model.mean) || !all_finite(model.chain.transition) || !all_finite(model.chain.start))
        return fail(ErrorCode::bad_input, "a hidden Markov model has a parameter that is not finite");
    GaussianDensities out;
    out.states_ = n;
    out.dimensions_ = d;
    out.degrees_ = model.degrees;
    out.mean_ = model.mean;
    out.inverse_.resize(n * triangle);
    out.log_scale_.resize(n);
    const double dd = static_cast<double>(d), v = model.degrees;
    const double constant = std::isinf(v) ? -0.5 * dd * std::log(2 * std::numbers::pi)
                                          : std::lgamma((v + dd) / 2) - std::lgamma(v / 2) - 0.5 * dd * std::log(v * std::numbers::pi);
    for (std::size_t k = 0; k < n; ++k) {
        double log_determinant = 0;
        if (!inverse_factor(std::span(model.covariance).subspan(k * d * d, d * d), d,
                            std::span(out.inverse_).subspan(k * triangle, triangle), log_determinant))
            return fail(ErrorCode::bad_input, fmt::format("the covariance of state {} is not positive definite", k));
        out.log_scale_[k] = constant - log_determinant;
    }
    return out;
}

double GaussianDensities::distance(std::span<const double> observation, std::size_t state) const {
    const double* w = &inverse_[state * dimensions_ * (dimensions_ + 1) / 2];
    const double* m = &mean_[state * dimensions_];
    double square = 0;
    for (std::size_t i = 0; i < dimensions_; ++i) {
        double z = 0;
        for (std::size_t j = 0; j <= i; ++j) z += *w++ * (observation[j] - m[j]);
        square += z * z;
    }
    return square;
}

void GaussianDensities::row(std::span<const double> observation, std::span<double> out) const {
    for (std::size_t k = 0; k < states_; ++k) {
        const double square = distance(observation, k);
        out[k] = log_scale_[k] - (std::isinf(degrees_) ? 0.5 * square
                                                       : 0.5 * (degrees_ + static_cast<double>(dimensions_)) *
                                                             std::log1p(square / degrees_));
    }
}

GaussianHmmFilter::GaussianHmmFilter(const GaussianHmm& model, GaussianDensities densities)
    : chain_(model.chain),
      densities_(std::move(densities)),
      forecast_(model.chain.start),
      posterior_(chain_.states),
      log_densities_(chain_.states) {}

Result<GaussianHmmFilter> GaussianHmmFilter::of(const GaussianHmm& model) {
    TRY(GaussianDensities densities, GaussianDensities::of(model));
    return GaussianHmmFilter(model, std::move(densities));
}

std::span<const double> GaussianHmmFilter::update(std::span<const double> observation) {
    if (all_finite(observation)) {
        densities_.row(observation, log_densities_);
        log_likelihood_ += bayes_step(forecast_, log_densities_, posterior_);
    } else {
        posterior_ = forecast_;
    }
    advance(chain_, posterior_, forecast_);
    return posterior_;
}

Result<FilteredPath> filtered_path(const GaussianHmm& model, MatrixView observations) {
    TRY(GaussianHmmFilter filter, GaussianHmmFilter::of(model));
    std::vector<double> rows;
    rows.reserve(observations.rows * model.chain.states);
    for (std::size_t t = 0; t < observations.rows; ++t) {
        const auto posterior = filter.update(observations.row(t));
        rows.insert(rows.end(), posterior.begin(), posterior.end());
    }
    return FilteredPath(model.chain.states, std::move(rows));
}

Result<SmoothedPath> smoothed_path(const GaussianHmm& model, MatrixView observations) {
    TRY(const GaussianDensities densities, GaussianDensities::of(model));
    const std::size_t n = model.chain.states;
    std::vector<double> rows(observations.rows * n), predicted(rows.size()), counts(n * n);
    for (std::size_t t = 0; t < observations.rows; ++t)
        densities.row(observations.row(t), std::span(rows).subspan(t * n, n));
    forward_pass(model.chain, rows, predicted);
    backward_pass(model.chain, rows, predicted, counts);
    return SmoothedPath(n, std::move(rows));
}

}  // namespace aitrading::insight
