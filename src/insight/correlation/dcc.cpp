#include "insight/correlation/dcc.hpp"

#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/check.hpp"
#include "insight/correlation/nelder_mead.hpp"
#include "insight/correlation/pairs.hpp"
#include "insight/correlation/shrinkage.hpp"

namespace aitrading::insight {
namespace {

constexpr double boundary = 1e-4;

std::size_t packed(std::size_t i) { return i * (i + 1) / 2; }

/// Factors a packed lower triangle in place; returns the first column whose pivot is lost, or `size`.
std::size_t factor(double* a, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        double* row = a + packed(i);
        const double diagonal = row[i];
        double pivot = diagonal;
        for (std::size_t j = 0; j < i; ++j) {
            const double* above = a + packed(j);
            double sum = row[j];
            for (std::size_t k = 0; k < j; ++k) sum -= row[k] * above[k];
            row[j] = sum * above[j];  // the diagonal holds reciprocals
            pivot -= row[j] * row[j];
        }
        if (!(pivot > 1e-10 * diagonal)) return i;
        row[i] = 1 / std::sqrt(pivot);
    }
    return size;
}

std::vector<double> lower(std::span<const double> matrix, std::size_t size) {
    std::vector<double> out;
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j <= i; ++j) out.push_back(matrix[i * size + j]);
    return out;
}

/// ln |R| + e' R^-1 e - e'e for R = q scaled to unit diagonal; infinite where q has no factor. `work` and `z` are scratch.
double surprise(const std::vector<double>& q, std::span<const double> e, std::vector<double>& work, std::vector<double>& z) {
    const std::size_t size = e.size();
    work = q;
    double determinant = 1, form = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const double diagonal = q[packed(i) + i];
        z[i] = e[i] * std::sqrt(diagonal);
        determinant *= diagonal;
        form -= e[i] * e[i];
    }
    if (factor(work.data(), size) < size) return std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < size; ++i) {
        const double* row = &work[packed(i)];
        double sum = z[i];
        for (std::size_t k = 0; k < i; ++k) sum -= row[k] * z[k];
        z[i] = sum * row[i];
        determinant *= row[i] * row[i];
        form += z[i] * z[i];
    }
    return form - std::log(determinant);
}

void advance(std::vector<double>& q, const std::vector<double>& target, std::span<const double> e, double a, double b) {
    const double rest = 1 - a - b;
    for (std::size_t i = 0, k = 0; i < e.size(); ++i)
        for (std::size_t j = 0; j <= i; ++j, ++k) q[k] = rest * target[k] + a * (e[i] * e[j]) + b * q[k];
}

double share(double x) { return 1 / (1 + std::exp(-x)); }
/// alpha + beta, or a + b, stays this far below 1: exactly 1 would be no law.
double persistence_of(double x) { return (1 - 1e-6) * share(x); }
double logit(double p) { return std::log(p / (1 - p)); }

std::vector<double> mean_of_products(MatrixView e) {
    const std::size_t size = e.columns;
    std::vector<double> out(size * size, 0.0);
    for (std::size_t t = 0; t < e.rows; ++t)
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < size; ++j) out[i * size + j] += e.row(t)[i] * e.row(t)[j];
    for (double& value : out) value /= static_cast<double>(e.rows);
    return out;
}

}  // namespace

Result<DccRecursion> DccRecursion::of(std::span<const double> target, std::size_t series, double a, double b) {
    if (series < 2 || target.size() != series * series) return fail(ErrorCode::usage, "the target of a DCC has a row and column a series");
    if (!(a >= 0 && b >= 0 && a + b < 1)) return fail(ErrorCode::usage, fmt::format("a {} and b {} must be 0 or more with a + b < 1", a, b));
    std::vector<double> copy = lower(target, series);
    if (const std::size_t column = factor(copy.data(), series); column < series)
        return fail(ErrorCode::bad_input, fmt::format("column {} is made up of the columns before it, or is not finite; leave one out", column));
    return DccRecursion(target, series, a, b);
}

DccRecursion::DccRecursion(std::span<const double> target, std::size_t series, double a, double b)
    : series_(series), a_(a), b_(b), target_(lower(target, series)), q_(target_), pairs_(pair_count(series)) {
    scale();
}

void DccRecursion::scale() {
    for (std::size_t i = 1, k = 0; i < series_; ++i)
        for (std::size_t j = 0; j < i; ++j, ++k)
            pairs_[k] = q_[packed(i) + j] / std::sqrt(q_[packed(i) + i] * q_[packed(j) + j]);
}

void DccRecursion::update(std::span<const double> e) {
    const double rest = 1 - a_ - b_;
    for (std::size_t i = 0, k = 0; i < series_; ++i)
        for (std::size_t j = 0; j <= i; ++j, ++k) {
            double product = e[i] * e[j];
            if (std::isnan(product)) product = i == j ? 1 : pairs_[pair_index(i, j)];
            q_[k] = rest * target_[k] + a_ * product + b_ * q_[k];
        }
    scale();
}

Result<DccFilter> DccFilter::of(const DccLaw& law) {
    for (const GarchLaw& m : law.margins)
        if (!(m.omega > 0 && m.alpha >= 0 && m.beta >= 0 && m.alpha + m.beta < 1 && m.backcast > 0))
            return fail(ErrorCode::usage, "a GARCH margin needs omega and backcast above 0, alpha and beta 0 or more, alpha + beta < 1");
    TRY(DccRecursion recursion, DccRecursion::of(law.target, law.margins.size(), law.a, law.b));
    return DccFilter(law, std::move(recursion));
}

DccFilter::DccFilter(const DccLaw& law, DccRecursion recursion)
    : margins_(law.margins), recursion_(std::move(recursion)), standardised_(law.margins.size()) {
    for (const GarchLaw& margin : margins_) variance_.push_back(margin.first_variance());
}

std::span<const double> DccFilter::update(std::span<const double> row) {
    DCHECK(row.size() == margins_.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
        const GarchLaw& m = margins_[i];
        const bool known = std::isfinite(row[i]);
        const double e = row[i] - m.mean, square = known ? e * e : variance_[i];
        standardised_[i] = known ? e / std::sqrt(variance_[i]) : std::numeric_limits<double>::quiet_NaN();
        variance_[i] = m.omega + m.alpha * square + m.beta * variance_[i];
    }
    recursion_.update(standardised_);
    return recursion_.pairs();
}

double dcc_log_likelihood(MatrixView e, std::span<const double> target, double a, double b) {
    const std::vector<double> start = lower(target, e.columns);
    std::vector<double> q = start, work(q.size()), z(e.columns);
    double total = 0;
    for (std::size_t t = 0; t < e.rows; ++t) {
        total += surprise(q, e.row(t), work, z);
        advance(q, start, e.row(t), a, b);
    }
    return -0.5 * total;
}

Result<DccFit> fit_dcc(MatrixView returns) {
    if (returns.columns < 2) return fail(ErrorCode::usage, fmt::format("a DCC needs at least two series, {} given", returns.columns));
    const CompleteRows x = complete_rows(returns);
    DccFit out;
    out.rows = x.rows;
    out.left_out = x.left_out;
    std::vector<double> standard(x.rows * x.columns), column(x.rows);
    for (std::size_t j = 0; j < x.columns; ++j) {
        for (std::size_t t = 0; t < x.rows; ++t) column[t] = x.values[t * x.columns + j];
        auto margin = fit_garch(column);
        if (!margin)
            return fail(margin.error().code, fmt::format("column {}: {} ({} rows with a missing value left out)", j, margin.error().text, x.left_out));
        for (std::size_t t = 0; t < x.rows; ++t) standard[t * x.columns + j] = margin->standardised[t];
        out.law.margins.push_back(margin->law);
        out.margins.push_back(*std::move(margin));
    }
    const MatrixView e{standard.data(), x.rows, x.columns, x.columns};
    out.law.target = mean_of_products(e);
    TRY(const DccRecursion possible, DccRecursion::of(out.law.target, x.columns, 0, 0));  // tells a series that others make up

    const auto value = [&](std::span<const double> free) {
        const double persistence = persistence_of(free[0]), a = persistence * share(free[1]);
        return -dcc_log_likelihood(e, out.law.target, a, persistence - a);
    };
    std::array<double, 2> best{};
    double least = std::numeric_limits<double>::infinity();
    for (const double persistence : {0.9, 0.97, 0.995})
        for (const double a : {0.01, 0.03, 0.08}) {
            const std::array<double, 2> at{logit(persistence), logit(a / persistence)};
            if (const double v = value(at); v < least) least = v, best = at;
        }
    const Minimum found = nelder_mead(value, best, {});
    const double persistence = persistence_of(found.at[0]);
    out.law.a = persistence * share(found.at[1]);
    out.law.b = persistence - out.law.a;
    out.correlation_log_likelihood = -found.value;
    out.evaluations = found.evaluations;
    out.converged = found.converged;
    out.at_boundary = out.law.a < boundary || persistence > 1 - boundary;
    return out;
}

}  // namespace aitrading::insight
