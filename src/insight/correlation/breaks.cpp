#include "insight/correlation/breaks.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

/// The complete rows of a window, standardised (divisor n), and their correlation.
struct Window {
    std::vector<double> u, v;
    std::vector<std::size_t> row;  ///< of the input
    double correlation = 0, variance_x = 0;
    std::size_t size() const { return u.size(); }
    /// What row t adds to the error of the correlation, times size.
    double influence(std::size_t t) const { return u[t] * v[t] - 0.5 * correlation * (u[t] * u[t] + v[t] * v[t]); }
};

/// Standardises in place; the variance, 0 where nothing moves.
double standardise(std::vector<double>& x) {
    const double n = static_cast<double>(x.size());
    if (std::ranges::all_of(x, [&](double value) { return value == x[0]; })) return 0;
    double mean = 0, square = 0;
    for (const double value : x) mean += value / n;
    for (double& value : x) value -= mean;
    for (const double value : x) square += value * value / n;
    const double scale = 1 / std::sqrt(square);
    for (double& value : x) value *= scale;
    return std::isfinite(scale) ? square : 0;
}

Result<Window> window_of(std::span<const double> x, std::span<const double> y, std::size_t least, std::string_view which) {
    CHECK(x.size() == y.size());
    Window out;
    for (std::size_t t = 0; t < x.size(); ++t) {
        if (!std::isfinite(x[t]) || !std::isfinite(y[t])) continue;
        out.u.push_back(x[t]);
        out.v.push_back(y[t]);
        out.row.push_back(t);
    }
    if (out.size() < least)
        return fail(ErrorCode::bad_input, fmt::format("{} has {} rows with both series of {}: at least {}", which, out.size(), x.size(), least));
    out.variance_x = standardise(out.u);
    const double variance_y = standardise(out.v);
    if (out.variance_x == 0 || variance_y == 0)
        return fail(ErrorCode::bad_input, fmt::format("the {} series does not move in {}", out.variance_x == 0 ? "first" : "second", which));
    for (std::size_t t = 0; t < out.size(); ++t) out.correlation += out.u[t] * out.v[t] / static_cast<double>(out.size());
    // Rounding may reach 1 exactly, where atanh is infinite.
    out.correlation = std::clamp(out.correlation, -1 + 1e-15, 1 - 1e-15);
    return out;
}

double two_sided(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

/// Variance of atanh r from the rows' influence.
double variance_of_atanh(const Window& w) {
    double square = 0;
    for (std::size_t t = 0; t < w.size(); ++t) square += w.influence(t) * w.influence(t);
    const double n = static_cast<double>(w.size()), slope = 1 - w.correlation * w.correlation;
    return square / (n * (n - 3) * slope * slope);
}

/// Long-run variance of the influences by the Bartlett kernel.
double long_run_variance(const Window& w) {
    const std::size_t rows = w.size();
    const int lags = static_cast<int>(std::log(static_cast<double>(rows)));
    std::vector<double> f(rows);
    for (std::size_t t = 0; t < rows; ++t) f[t] = w.influence(t);
    double sum = 0;
    for (int lag = 0; lag <= lags; ++lag) {
        double product = 0;
        for (std::size_t t = static_cast<std::size_t>(lag); t < rows; ++t) product += f[t] * f[t - static_cast<std::size_t>(lag)];
        const double weight = lag == 0 ? 1 : 2 * (1 - static_cast<double>(lag) / lags);
        sum += weight * product / static_cast<double>(rows);
    }
    return sum;
}

}  // namespace

FisherTest fisher_test(double before, std::size_t rows_before, double after, std::size_t rows_after) {
    FisherTest out{.before = before, .after = after, .rows_before = rows_before, .rows_after = rows_after};
    const double spread = 1 / (static_cast<double>(rows_before) - 3) + 1 / (static_cast<double>(rows_after) - 3);
    out.z = (std::atanh(before) - std::atanh(after)) / std::sqrt(spread);
    out.p = two_sided(out.z);
    return out;
}

Result<FisherTest> fisher_two_windows(std::span<const double> x_before, std::span<const double> y_before, std::span<const double> x_after,
                                      std::span<const double> y_after) {
    TRY(const Window one, window_of(x_before, y_before, 10, "the first window"));
    TRY(const Window two, window_of(x_after, y_after, 10, "the second window"));
    FisherTest out = fisher_test(one.correlation, one.size(), two.correlation, two.size());
    const double spread = variance_of_atanh(one) + variance_of_atanh(two);
    out.z_robust = (std::atanh(out.before) - std::atanh(out.after)) / std::sqrt(spread);
    if (std::isnan(out.z_robust)) out.z_robust = 0;  // both exactly 1: no difference and no spread
    out.p_robust = two_sided(out.z_robust);
    return out;
}

Result<CusumTest> cusum_of_correlation(std::span<const double> x, std::span<const double> y) {
    TRY(const Window w, window_of(x, y, 30, "the window"));
    const double rows = static_cast<double>(w.size()), variance = long_run_variance(w);
    CusumTest out{.rows = w.size()};
    if (!(variance > 1e-12)) return out;  // a perfect relation: no row departs from it, nothing breaks
    double su = 0, sv = 0, uu = 0, vv = 0, uv = 0, greatest = 0;
    for (std::size_t t = 0; t < w.size(); ++t) {
        const double u = w.u[t], v = w.v[t];
        su += u, sv += v, uu += u * u, vv += v * v, uv += u * v;
        const double n = static_cast<double>(t + 1), moves = (n * uu - su * su) * (n * vv - sv * sv);
        if (t < 2 || !(moves > 1e-20 * n * n * uu * vv)) continue;  // the path begins once both have moved
        const double distance = n / std::sqrt(rows) * std::abs((n * uv - su * sv) / std::sqrt(moves) - w.correlation);
        if (distance <= greatest) continue;
        greatest = distance;
        out.at = t + 1;
        out.row = t + 1 < w.size() ? w.row[t + 1] : w.row[t];
    }
    out.statistic = greatest / std::sqrt(variance);
    out.p = bridge_tail(out.statistic);
    return out;
}

double bridge_tail(double statistic) {
    if (statistic < 0.2) return 1;  // 1 - 1e-27
    double sum = 0, sign = 1;
    for (int k = 1; k <= 20; ++k, sign = -sign) sum += sign * std::exp(-2.0 * k * k * statistic * statistic);
    return std::clamp(2 * sum, 0.0, 1.0);
}

double forbes_rigobon(double rho, double delta) { return rho / std::sqrt(1 + delta * (1 - rho * rho)); }

Result<ContagionTest> contagion(std::span<const double> x_before, std::span<const double> y_before, std::span<const double> x_after,
                                std::span<const double> y_after) {
    TRY(const Window calm, window_of(x_before, y_before, 10, "the first window"));
    TRY(const Window stormy, window_of(x_after, y_after, 10, "the second window"));
    ContagionTest out{.calm = calm.correlation, .stormy = stormy.correlation, .delta = stormy.variance_x / calm.variance_x - 1};
    out.adjusted = forbes_rigobon(out.stormy, out.delta);
    out.raw = fisher_test(out.calm, calm.size(), out.stormy, stormy.size());
    out.corrected = fisher_test(out.calm, calm.size(), out.adjusted, stormy.size());
    return out;
}

}  // namespace aitrading::insight
