#include "models/ensemble/logit_regression.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

/// Solves a symmetric positive definite system by Cholesky; a pivot that vanishes leaves its unknown at zero.
std::vector<double> solve(std::vector<double> a, std::vector<double> b) {
    const std::size_t n = b.size();
    std::vector<bool> dead(n, false);
    for (std::size_t j = 0; j < n; ++j) {
        double d = a[j * n + j];
        for (std::size_t k = 0; k < j; ++k) d -= a[j * n + k] * a[j * n + k];
        dead[j] = !(d > 1e-12 * std::max(1.0, a[j * n + j]));
        const double root = dead[j] ? 1.0 : std::sqrt(d);
        a[j * n + j] = root;
        for (std::size_t i = j + 1; i < n; ++i) {
            double s = a[i * n + j];
            for (std::size_t k = 0; k < j; ++k) s -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = dead[j] ? 0.0 : s / root;
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
        b[i] = dead[i] ? 0.0 : b[i] / a[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
        b[i] = dead[i] ? 0.0 : b[i] / a[i * n + i];
    }
    return b;
}

/// ln(1 + exp(z)) without overflow.
double softplus(double z) {
    return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z));
}

/// Parameters are the intercept first (held at zero where it is not wanted), then the coefficients.
class Newton {
  public:
    explicit Newton(const LogitProblem& p) : p_(p), rows_(p.target.size()), n_(p.columns + 1) {}

    double margin(const std::vector<double>& theta, std::size_t i) const {
        double z = theta[0];
        for (std::size_t j = 1; j < n_; ++j) z += theta[j] * p_.x[i * p_.columns + j - 1];
        return z;
    }
    double weight(std::size_t i) const { return p_.weight.empty() ? 1.0 : p_.weight[i]; }
    double pull(const std::vector<double>& theta, std::size_t j) const {
        return theta[j] - (p_.centre.empty() ? 0.0 : p_.centre[j - 1]);
    }
    double data_loss(const std::vector<double>& theta) const {
        double loss = 0;
        for (std::size_t i = 0; i < rows_; ++i) {
            const double z = margin(theta, i);
            loss += weight(i) * (softplus(z) - p_.target[i] * z);
        }
        return loss;
    }
    double loss(const std::vector<double>& theta) const {
        double penalty = 0;
        for (std::size_t j = 1; j < n_; ++j) penalty += pull(theta, j) * pull(theta, j);
        return data_loss(theta) + 0.5 * p_.ridge * penalty;
    }
    /// The full Newton step, and in `decrement` the decrease of the loss that it promises twice over.
    std::vector<double> step(const std::vector<double>& theta, double& decrement) const {
        std::vector<double> gradient(n_, 0.0), hessian(n_ * n_, 0.0), row(n_);
        for (std::size_t i = 0; i < rows_; ++i) {
            row[0] = p_.intercept ? 1.0 : 0.0;
            for (std::size_t j = 1; j < n_; ++j) row[j] = p_.x[i * p_.columns + j - 1];
            const double q = sigmoid(margin(theta, i));
            const double g = weight(i) * (p_.target[i] - q), h = weight(i) * q * (1 - q);
            for (std::size_t j = 0; j < n_; ++j) {
                gradient[j] += g * row[j];
                for (std::size_t k = 0; k <= j; ++k) hessian[j * n_ + k] += h * row[j] * row[k];
            }
        }
        for (std::size_t j = 1; j < n_; ++j) {
            gradient[j] -= p_.ridge * pull(theta, j);
            hessian[j * n_ + j] += p_.ridge;
        }
        std::vector<double> delta = solve(std::move(hessian), gradient);
        decrement = 0;
        for (std::size_t j = 0; j < n_; ++j) decrement += delta[j] * gradient[j];
        return delta;
    }

  private:
    const LogitProblem& p_;
    std::size_t rows_, n_;
};

}  // namespace

double logit(double p) {
    const double q = std::clamp(p, probability_floor, 1.0 - probability_floor);
    return std::log(q / (1.0 - q));
}

double sigmoid(double z) {
    if (z >= 0) return 1.0 / (1.0 + std::exp(-z));
    const double e = std::exp(z);
    return e / (1.0 + e);
}

double log_loss_of_logits(std::span<const double> z, std::span<const double> target,
                          std::span<const double> weight) {
    CHECK(!z.empty() && z.size() == target.size() && (weight.empty() || weight.size() == z.size()));
    double sum = 0, total = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
        const double w = weight.empty() ? 1.0 : weight[i];
        sum += w * (softplus(z[i]) - target[i] * z[i]);
        total += w;
    }
    return sum / total;
}

double LogitFit::apply(std::span<const double> row) const {
    double z = intercept;
    for (std::size_t j = 0; j < coefficient.size(); ++j) z += coefficient[j] * row[j];
    return z;
}

LogitFit fit_logit_regression(const LogitProblem& problem) {
    const std::size_t rows = problem.target.size();
    CHECK(rows >= 1 && problem.columns <= 64 && problem.x.size() == rows * problem.columns);
    CHECK(problem.weight.empty() || problem.weight.size() == rows);
    CHECK(problem.centre.empty() || problem.centre.size() == problem.columns);
    const Newton newton(problem);
    std::vector<double> theta(problem.columns + 1, 0.0);
    if (!problem.centre.empty()) std::copy(problem.centre.begin(), problem.centre.end(), theta.begin() + 1);
    double loss = newton.loss(theta);
    LogitFit fit;
    for (int round = 0; round < 100 && !fit.converged; ++round) {
        double decrement = 0;
        const std::vector<double> delta = newton.step(theta, decrement);
        fit.converged = decrement <= 1e-14 * (1.0 + std::abs(loss));
        double scale = 1.0;
        std::vector<double> next = theta;
        for (int halving = 0; halving < 40; ++halving, scale *= 0.5) {
            for (std::size_t j = 0; j < theta.size(); ++j) next[j] = theta[j] + scale * delta[j];
            const double tried = newton.loss(next);
            if (!(tried <= loss)) continue;
            theta = next;
            loss = tried;
            break;
        }
    }
    fit.intercept = theta[0];
    fit.coefficient.assign(theta.begin() + 1, theta.end());
    double total = 0;
    for (std::size_t i = 0; i < rows; ++i) total += newton.weight(i);
    fit.mean_loss = newton.data_loss(theta) / total;
    return fit;
}

}  // namespace aitrading::models
