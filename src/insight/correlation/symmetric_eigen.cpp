#include "insight/correlation/symmetric_eigen.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

constexpr int sweeps_max = 60;  // quadratic convergence needs ten; a bound for matrices of denormals

void rotate_rows(double* p, double* q, std::size_t size, double c, double s) {
    for (std::size_t k = 0; k < size; ++k) {
        const double x = p[k], y = q[k];
        p[k] = c * x - s * y;
        q[k] = s * x + c * y;
    }
}

/// One rotation that makes a[p][q] zero; `a` is kept whole and symmetric.
void rotate(std::vector<double>& a, std::vector<double>& v, std::size_t size, std::size_t p, std::size_t q) {
    const double off = a[p * size + q];
    const double theta = (a[q * size + q] - a[p * size + p]) / (2 * off);
    const double t = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(theta, 1.0));
    const double c = 1 / std::hypot(t, 1.0), s = t * c;
    const double app = a[p * size + p] - t * off, aqq = a[q * size + q] + t * off;
    rotate_rows(&a[p * size], &a[q * size], size, c, s);
    for (std::size_t k = 0; k < size; ++k) {
        a[k * size + p] = a[p * size + k];
        a[k * size + q] = a[q * size + k];
    }
    a[p * size + p] = app;
    a[q * size + q] = aqq;
    a[p * size + q] = a[q * size + p] = 0;
    rotate_rows(&v[p * size], &v[q * size], size, c, s);
}

/// One sweep over all pairs; false where nothing was left to rotate.
bool sweep(std::vector<double>& a, std::vector<double>& v, std::size_t size) {
    bool rotated = false;
    for (std::size_t p = 0; p < size; ++p)
        for (std::size_t q = p + 1; q < size; ++q) {
            const double off = std::abs(a[p * size + q]);
            const double scale = std::sqrt(std::abs(a[p * size + p])) * std::sqrt(std::abs(a[q * size + q]));
            if (off == 0 || off < 1e-17 * scale) continue;
            if (off < 1e-300) {
                a[p * size + q] = a[q * size + p] = 0;
                continue;
            }
            rotate(a, v, size, p, q);
            rotated = true;
        }
    return rotated;
}

}  // namespace

Result<SymmetricEigen> symmetric_eigen(std::span<const double> matrix, std::size_t size) {
    CHECK(matrix.size() == size * size);
    std::vector<double> a(matrix.begin(), matrix.end()), v(size * size, 0.0);
    for (std::size_t i = 0; i < size; ++i) {
        v[i * size + i] = 1;
        for (std::size_t j = 0; j <= i; ++j) {
            if (!std::isfinite(a[i * size + j]))
                return fail(ErrorCode::bad_input, fmt::format("row {}, column {} of the matrix is not a finite number", i, j));
            a[j * size + i] = a[i * size + j];
        }
    }
    for (int k = 0; k < sweeps_max && sweep(a, v, size); ++k) {
    }
    std::vector<std::size_t> order(size);
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, [&](std::size_t x, std::size_t y) { return a[x * size + x] > a[y * size + y]; });
    SymmetricEigen out;
    for (const std::size_t k : order) {
        out.values.push_back(a[k * size + k]);
        const auto row = std::span(v).subspan(k * size, size);
        const double largest = *std::ranges::max_element(row, {}, [](double x) { return std::abs(x); });
        for (const double x : row) out.vectors.push_back(largest < 0 ? -x : x);
    }
    return out;
}

std::vector<double> compose(const SymmetricEigen& eigen) {
    const std::size_t size = eigen.values.size();
    std::vector<double> out(size * size, 0.0);
    for (std::size_t k = 0; k < size; ++k)
        for (std::size_t i = 0; i < size; ++i) {
            const double scaled = eigen.values[k] * eigen.vectors[k * size + i];
            for (std::size_t j = 0; j < size; ++j) out[i * size + j] += scaled * eigen.vectors[k * size + j];
        }
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < i; ++j) out[i * size + j] = out[j * size + i];
    return out;
}

}  // namespace aitrading::insight
