#include "models/evaluation/logistic.hpp"

#include <cmath>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

/// Rows standardised by their weighted mean and deviation, with a leading 1.
struct Design {
    std::vector<double> mean, deviation, rows;
    std::size_t width = 0;
};

Result<void> check_rows(MatrixView x, std::span<const float> y, std::span<const double> weight) {
    double ones = 0, zeros = 0;
    for (std::size_t i = 0; i < x.rows; ++i) {
        (y[i] > 0.5F ? ones : zeros) += weight[i];
        for (std::size_t c = 0; c < x.columns; ++c)
            if (!std::isfinite(x.row(i)[c]))
                return fail(ErrorCode::bad_input,
                            fmt::format("logistic regression: row {} column {} is not finite", i, c));
    }
    if (!(ones > 0 && zeros > 0))
        return fail(ErrorCode::bad_input,
                    fmt::format("logistic regression: {} rows of one class only", x.rows));
    return {};
}

Design standardise(MatrixView x, std::span<const double> weight) {
    Design d{std::vector<double>(x.columns, 0.0), std::vector<double>(x.columns, 0.0), {}, x.columns + 1};
    double total = 0;
    for (double w : weight) total += w;
    for (std::size_t i = 0; i < x.rows; ++i)
        for (std::size_t c = 0; c < x.columns; ++c) d.mean[c] += weight[i] / total * x.row(i)[c];
    for (std::size_t i = 0; i < x.rows; ++i)
        for (std::size_t c = 0; c < x.columns; ++c)
            d.deviation[c] += weight[i] / total * (x.row(i)[c] - d.mean[c]) * (x.row(i)[c] - d.mean[c]);
    for (double& v : d.deviation) v = v > 1e-24 ? std::sqrt(v) : 1;  // a constant column stays 0
    d.rows.reserve(x.rows * d.width);
    for (std::size_t i = 0; i < x.rows; ++i) {
        d.rows.push_back(1);
        for (std::size_t c = 0; c < x.columns; ++c)
            d.rows.push_back((x.row(i)[c] - d.mean[c]) / d.deviation[c]);
    }
    return d;
}

double margin(const double* row, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t c = 0; c < b.size(); ++c) sum += row[c] * b[c];
    return sum;
}

double sigmoid(double s) {
    return s >= 0 ? 1 / (1 + std::exp(-s)) : std::exp(s) / (1 + std::exp(s));
}

/// Weighted log loss plus ridge.
double objective(const Design& d, std::span<const float> y, std::span<const double> weight, double ridge,
                 const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const double s = margin(&d.rows[i * d.width], b), toward = y[i] > 0.5F ? -s : s;
        sum +=
            weight[i] * (toward > 0 ? toward + std::log1p(std::exp(-toward)) : std::log1p(std::exp(toward)));
    }
    for (std::size_t c = 1; c < b.size(); ++c) sum += 0.5 * ridge * b[c] * b[c];
    return sum;
}

/// Solves the symmetric positive definite a x = g in place by Cholesky; `a` is width x width.
std::vector<double> solve(std::vector<double> a, std::vector<double> g) {
    const std::size_t n = g.size();
    for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k < j; ++k) a[j * n + j] -= a[j * n + k] * a[j * n + k];
        a[j * n + j] = std::sqrt(std::max(a[j * n + j], 1e-12));
        for (std::size_t i = j + 1; i < n; ++i) {
            for (std::size_t k = 0; k < j; ++k) a[i * n + j] -= a[i * n + k] * a[j * n + k];
            a[i * n + j] /= a[j * n + j];
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k) g[i] -= a[i * n + k] * g[k];
        g[i] /= a[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k) g[i] -= a[k * n + i] * g[k];
        g[i] /= a[i * n + i];
    }
    return g;
}

std::vector<double> newton_step(const Design& d, std::span<const float> y, std::span<const double> weight,
                                double ridge, const std::vector<double>& b) {
    const std::size_t n = d.width;
    std::vector<double> hessian(n * n, 0.0), gradient(n, 0.0);
    for (std::size_t i = 0; i < y.size(); ++i) {
        const double* row = &d.rows[i * n];
        const double p = sigmoid(margin(row, b)), slope = weight[i] * (y[i] - p),
                     curve = weight[i] * p * (1 - p);
        for (std::size_t r = 0; r < n; ++r) {
            gradient[r] += slope * row[r];
            for (std::size_t c = 0; c <= r; ++c) hessian[r * n + c] += curve * row[r] * row[c];
        }
    }
    for (std::size_t c = 1; c < n; ++c) {
        gradient[c] -= ridge * b[c];
        hessian[c * n + c] += ridge;
    }
    return solve(std::move(hessian), std::move(gradient));
}

}  // namespace

double LogisticModel::predict(std::span<const double> row) const {
    double s = intercept;
    for (std::size_t c = 0; c < coefficients.size(); ++c) s += coefficients[c] * row[c];
    return sigmoid(s);
}

Result<LogisticModel> fit_logistic(MatrixView x, std::span<const float> y, std::span<const double> weight,
                                   double ridge) {
    CHECK(y.size() == x.rows && weight.size() == x.rows && ridge >= 0);
    TRY_VOID(check_rows(x, y, weight));
    const Design d = standardise(x, weight);
    std::vector<double> b(d.width, 0.0);
    double loss = objective(d, y, weight, ridge, b);
    for (int iteration = 0; iteration < 100; ++iteration) {
        const std::vector<double> step = newton_step(d, y, weight, ridge, b);
        double largest = 0, scale = 1, next_loss = loss;
        std::vector<double> next;
        for (int halving = 0; halving < 30; ++halving, scale /= 2) {
            next = b;
            for (std::size_t c = 0; c < b.size(); ++c) next[c] += scale * step[c];
            next_loss = objective(d, y, weight, ridge, next);
            if (next_loss <= loss + 1e-12 * std::abs(loss)) break;
        }
        if (next_loss > loss + 1e-12 * std::abs(loss)) break;
        for (std::size_t c = 0; c < b.size(); ++c) largest = std::max(largest, std::abs(next[c] - b[c]));
        b = std::move(next);
        loss = next_loss;
        if (largest < 1e-10) break;
    }
    LogisticModel model{b[0], {}};
    for (std::size_t c = 0; c + 1 < d.width; ++c) {
        model.coefficients.push_back(b[c + 1] / d.deviation[c]);
        model.intercept -= b[c + 1] * d.mean[c] / d.deviation[c];
    }
    return model;
}

}  // namespace aitrading::models
