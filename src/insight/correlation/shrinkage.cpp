#include "insight/correlation/shrinkage.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace aitrading::insight {
namespace {

/// Centred values and their covariance with divisor rows.
struct Moments {
    std::vector<double> centred;     ///< [rows x columns]
    std::vector<double> covariance;  ///< [columns x columns]
    double trace_mean = 0;           ///< trace / columns
};

Result<Moments> moments(MatrixView x) {
    if (x.rows < 2) return fail(ErrorCode::bad_input, fmt::format("{} complete rows: a covariance needs at least 2", x.rows));
    const std::size_t p = x.columns;
    const double n = static_cast<double>(x.rows);
    std::vector<double> mean(p, 0.0);
    for (std::size_t t = 0; t < x.rows; ++t)
        for (std::size_t j = 0; j < p; ++j) {
            const double value = x.row(t)[j];
            if (!std::isfinite(value))
                return fail(ErrorCode::bad_input, fmt::format("row {}, column {} is not a finite number; pass complete rows", t, j));
            mean[j] += value / n;
        }
    Moments out{std::vector<double>(x.rows * p), std::vector<double>(p * p, 0.0), 0};
    for (std::size_t t = 0; t < x.rows; ++t) {
        double* row = &out.centred[t * p];
        for (std::size_t j = 0; j < p; ++j) row[j] = x.row(t)[j] - mean[j];
        for (std::size_t i = 0; i < p; ++i)
            for (std::size_t j = 0; j <= i; ++j) out.covariance[i * p + j] += row[i] * row[j];
    }
    for (std::size_t i = 0; i < p; ++i) {
        for (std::size_t j = 0; j <= i; ++j) out.covariance[j * p + i] = out.covariance[i * p + j] /= n;
        out.trace_mean += out.covariance[i * p + i] / static_cast<double>(p);
    }
    return out;
}

double sum_of_squares(std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += value * value;
    return sum;
}

ShrunkCovariance shrunk(Moments m, std::size_t size, double shrinkage) {
    for (double& value : m.covariance) value *= 1 - shrinkage;
    for (std::size_t i = 0; i < size; ++i) m.covariance[i * size + i] += shrinkage * m.trace_mean;
    return {std::move(m.covariance), shrinkage};
}

}  // namespace

CompleteRows complete_rows(MatrixView rows) {
    CompleteRows out;
    out.columns = rows.columns;
    for (std::size_t t = 0; t < rows.rows; ++t) {
        const auto row = rows.row(t);
        if (!std::ranges::all_of(row, [](double x) { return std::isfinite(x); })) {
            ++out.left_out;
            continue;
        }
        out.values.insert(out.values.end(), row.begin(), row.end());
        ++out.rows;
    }
    return out;
}

Result<ShrunkCovariance> ledoit_wolf(MatrixView rows) {
    TRY(Moments m, moments(rows));
    const double n = static_cast<double>(rows.rows), p = static_cast<double>(rows.columns);
    const double squares = sum_of_squares(m.covariance);
    // Sum over i, j of the mean of (x_i x_j)^2, which is the mean of the rows' squared squared lengths.
    double fourth = 0;
    for (std::size_t t = 0; t < rows.rows; ++t) {
        const double length = sum_of_squares(std::span(m.centred).subspan(t * rows.columns, rows.columns));
        fourth += length * length / n;
    }
    const double spread = (squares - p * m.trace_mean * m.trace_mean) / p;
    const double error = std::min((fourth - squares) / (n * p), spread);
    return shrunk(std::move(m), rows.columns, error > 0 ? error / spread : 0);
}

Result<ShrunkCovariance> oracle_approximating(MatrixView rows) {
    TRY(Moments m, moments(rows));
    const double n = static_cast<double>(rows.rows), p = static_cast<double>(rows.columns);
    const double alpha = sum_of_squares(m.covariance) / (p * p), mu2 = m.trace_mean * m.trace_mean;
    const double below = (n + 1) * (alpha - mu2 / p);
    const double shrinkage = below == 0 ? 1 : std::min(1.0, (alpha + mu2) / below);
    return shrunk(std::move(m), rows.columns, shrinkage);
}

Result<std::vector<double>> correlation_of(std::span<const double> covariance, std::size_t size) {
    std::vector<double> out(size * size, 1.0), scale(size);
    for (std::size_t i = 0; i < size; ++i) {
        const double variance = covariance[i * size + i];
        if (!(variance > 0) || !std::isfinite(variance))
            return fail(ErrorCode::bad_input, fmt::format("column {} has variance {}: the series did not move; leave it out", i, variance));
        scale[i] = std::sqrt(variance);
    }
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < i; ++j)
            out[i * size + j] = out[j * size + i] = std::clamp(covariance[i * size + j] / (scale[i] * scale[j]), -1.0, 1.0);
    return out;
}

Result<std::vector<double>> sample_correlation(MatrixView rows) {
    TRY(Moments m, moments(rows));
    for (std::size_t j = 0; j < rows.columns; ++j) {  // a constant column leaves rounding of its mean, not 0
        bool moves = false;
        for (std::size_t t = 1; t < rows.rows && !moves; ++t) moves = rows.row(t)[j] != rows.row(0)[j];
        if (!moves) m.covariance[j * rows.columns + j] = 0;
    }
    return correlation_of(m.covariance, rows.columns);
}

}  // namespace aitrading::insight
