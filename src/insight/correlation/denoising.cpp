#include "insight/correlation/denoising.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "insight/correlation/symmetric_eigen.hpp"

namespace aitrading::insight {
namespace {

void scale_to_unit_diagonal(std::vector<double>& a, std::size_t size) {
    std::vector<double> scale(size);
    for (std::size_t i = 0; i < size; ++i) scale[i] = std::sqrt(a[i * size + i]);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j) a[i * size + j] = i == j ? 1 : a[i * size + j] / (scale[i] * scale[j]);
}

/// The nearest matrix without negative eigenvalues.
Result<std::vector<double>> without_negative(std::span<const double> a, std::size_t size) {
    TRY(SymmetricEigen eigen, symmetric_eigen(a, size));
    for (double& value : eigen.values) value = std::max(value, 0.0);
    return compose(eigen);
}

double distance_of(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return std::sqrt(sum);
}

/// One round: off the correction, onto the semidefinite cone, onto unit diagonal. Returns the greatest change of `y`.
Result<double> project(std::vector<double>& y, std::vector<double>& correction, std::size_t size) {
    std::vector<double> r(y);
    for (std::size_t k = 0; k < r.size(); ++k) r[k] -= correction[k];
    TRY(std::vector<double> x, without_negative(r, size));
    double change = 0;
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j) {
            const std::size_t k = i * size + j;
            correction[k] = x[k] - r[k];
            const double next = i == j ? 1 : x[k];
            change = std::max(change, std::abs(next - y[k]));
            y[k] = next;
        }
    return change;
}

}  // namespace

NoiseEdges noise_edges(std::size_t series, std::size_t rows) {
    const double root = std::sqrt(static_cast<double>(series) / static_cast<double>(rows));
    return {(1 - root) * (1 - root), (1 + root) * (1 + root)};
}

Result<DenoisedCorrelation> denoised(std::span<const double> correlation, std::size_t size, std::size_t rows) {
    if (rows == 0) return fail(ErrorCode::usage, "denoising must know from how many rows the correlation was estimated");
    TRY(SymmetricEigen eigen, symmetric_eigen(correlation, size));
    DenoisedCorrelation out;
    out.eigenvalues = eigen.values;
    out.edge = noise_edges(size, rows).high;
    double noise = 0;
    for (const double value : eigen.values)
        if (value > out.edge)
            ++out.signals;
        else
            noise += value;
    const auto flat = std::span(eigen.values).subspan(out.signals);
    std::ranges::fill(flat, std::max(0.0, noise) / static_cast<double>(std::max<std::size_t>(1, flat.size())));
    out.correlation = compose(eigen);
    scale_to_unit_diagonal(out.correlation, size);
    return out;
}

Result<NearestCorrelation> nearest_correlation(std::span<const double> matrix, std::size_t size, const NearestOptions& options) {
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j <= i; ++j)
            if (!std::isfinite(matrix[i * size + j]))
                return fail(ErrorCode::bad_input, fmt::format("the correlation of columns {} and {} is not available; leave one out", i, j));
    NearestCorrelation out;
    out.correlation.assign(matrix.begin(), matrix.end());
    bool unit = true;
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < i; ++j) out.correlation[j * size + i] = out.correlation[i * size + j];
        unit = unit && matrix[i * size + i] == 1;
    }
    const std::vector<double> given = out.correlation;
    TRY(const SymmetricEigen eigen, symmetric_eigen(given, size));
    out.least_eigenvalue = eigen.values.empty() ? 0 : eigen.values.back();
    if (unit && out.least_eigenvalue >= 0) return out;
    std::vector<double> correction(size * size, 0.0);
    double change = 1;
    while (change > options.tolerance && out.iterations < options.iterations_max) {
        TRY(change, project(out.correlation, correction, size));
        ++out.iterations;
    }
    out.converged = change <= options.tolerance;
    TRY(out.correlation, without_negative(out.correlation, size));
    scale_to_unit_diagonal(out.correlation, size);
    out.distance = distance_of(out.correlation, given);
    return out;
}

}  // namespace aitrading::insight
