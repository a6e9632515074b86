#include "models/evaluation/statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include <math.h>  // lgammal_r: the thread-safe form, not in <cmath>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

double polynomial(double x, std::span<const double> coefficients) {
    double out = 0;
    for (double c : coefficients) out = out * x + c;
    return out;
}

/// Acklam's rational approximation, relative error 1e-9; refined by the caller. @pre 0 < p <= 0.5
double normal_quantile_start(double p) {
    static constexpr std::array a{-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                                  1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
    static constexpr std::array b{-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
                                  6.680131188771972e+01,  -1.328068155288572e+01, 1.0};
    static constexpr std::array c{-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                                  -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
    static constexpr std::array d{7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                                  3.754408661907416e+00, 1.0};
    if (p < 0.02425) {
        const double q = std::sqrt(-2 * std::log(p));
        return polynomial(q, c) / polynomial(q, d);
    }
    const double q = p - 0.5, r = q * q;
    return q * polynomial(r, a) / polynomial(r, b);
}

long double log_gamma(long double x) {
    int sign = 0;
    return lgammal_r(x, &sign);
}

/// Continued fraction of the incomplete beta function by Lentz's method; needs O(sqrt(max(a, b))) terms.
double beta_fraction(double a, double b, double x) {
    constexpr double tiny = 1e-300;
    auto away_from_zero = [](double v) { return std::abs(v) < tiny ? tiny : v; };
    double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), out = d;
    for (int m = 1; m <= 200'000; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        out *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        out *= d * c;
        if (std::abs(d * c - 1) < 1e-15) break;
    }
    return out;
}

double central_moment(std::span<const double> x, double centre, int power) {
    double sum = 0;
    for (double v : x) sum += std::pow(v - centre, power);
    return sum / static_cast<double>(x.size());
}

}  // namespace

double normal_cdf(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double normal_quantile(double p) {
    if (!(p > 0)) return -std::numeric_limits<double>::infinity();
    if (p >= 1) return std::numeric_limits<double>::infinity();
    if (p > 0.5) return -normal_quantile(1 - p);
    double z = normal_quantile_start(p);
    for (int step = 0; step < 2; ++step) {  // Halley's step: the error is cubed
        const double e = (normal_cdf(z) - p) * std::sqrt(2 * std::numbers::pi) * std::exp(0.5 * z * z);
        z -= e / (1 + 0.5 * z * e);
    }
    return z;
}

double mean(std::span<const double> x) {
    double sum = 0;
    for (double v : x) sum += v;
    return x.empty() ? 0 : sum / static_cast<double>(x.size());
}

double standard_deviation(std::span<const double> x) {
    if (x.size() < 2) return 0;
    const auto n = static_cast<double>(x.size());
    return std::sqrt(central_moment(x, mean(x), 2) * n / (n - 1));
}

double skewness(std::span<const double> x) {
    const double m = mean(x), variance = x.empty() ? 0 : central_moment(x, m, 2);
    return variance > 0 ? central_moment(x, m, 3) / std::pow(variance, 1.5) : 0;
}

double kurtosis(std::span<const double> x) {
    const double m = mean(x), variance = x.empty() ? 0 : central_moment(x, m, 2);
    return variance > 0 ? central_moment(x, m, 4) / (variance * variance) : 3;
}

double quantile(std::vector<double> x, double q) {
    CHECK(!x.empty() && q >= 0 && q <= 1);
    std::sort(x.begin(), x.end());
    const double place = q * static_cast<double>(x.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    if (below + 1 >= x.size()) return x.back();
    return x[below] + (place - static_cast<double>(below)) * (x[below + 1] - x[below]);
}

Interval wilson(std::int64_t successes, std::int64_t trials, double z) {
    CHECK(trials >= 1);
    const auto n = static_cast<double>(trials);
    const double share = static_cast<double>(successes) / n;
    const double centre = share + z * z / (2 * n), scale = 1 + z * z / n;
    const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    return {std::max(0.0, (centre - half) / scale), std::min(1.0, (centre + half) / scale)};
}

double incomplete_beta(double a, double b, double x) {
    CHECK(a > 0 && b > 0);
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    const long double front = log_gamma(static_cast<long double>(a) + b) - log_gamma(a) - log_gamma(b) +
                              a * std::log(static_cast<long double>(x)) +
                              b * std::log1p(-static_cast<long double>(x));
    const auto factor = static_cast<double>(std::exp(front));
    if (x < (a + 1) / (a + b + 2)) return factor * beta_fraction(a, b, x) / a;
    return 1 - factor * beta_fraction(b, a, 1 - x) / b;
}

double binomial_upper_tail(std::int64_t successes, std::int64_t trials, double chance) {
    if (successes <= 0) return 1;
    if (successes > trials) return 0;
    return incomplete_beta(static_cast<double>(successes), static_cast<double>(trials - successes + 1),
                           chance);
}

double bet_sharpe(double up, double down, double p, double n) {
    return std::sqrt(n) * ((up - down) * p + down) / ((up - down) * std::sqrt(p * (1 - p)));
}

double bets_needed(double up, double down, double p, double sharpe) {
    const double one = bet_sharpe(up, down, p, 1);
    return sharpe * sharpe / (one * one);
}

double precision_needed(double up, double down, double n, double sharpe) {
    // n ((up-down) p + down)^2 = sharpe^2 (up-down)^2 p (1-p), the greater root.
    const double width = up - down, s2 = sharpe * sharpe;
    const double a = (n + s2) * width * width, b = 2 * n * width * down - s2 * width * width,
                 c = n * down * down;
    return (-b + std::sqrt(b * b - 4 * a * c)) / (2 * a);
}

double gaussian_ic(double accuracy) {
    return std::sin(std::numbers::pi * (accuracy - 0.5));
}

double gaussian_accuracy(double ic, double coverage) {
    if (coverage >= 1) return 0.5 + std::asin(ic) / std::numbers::pi;
    if (std::abs(ic) >= 1) return ic > 0 ? 1 : 0;
    const double k = ic / std::sqrt(1 - ic * ic), from = normal_quantile(1 - coverage / 2);
    constexpr int steps = 4000;
    constexpr double reach = 12, h = reach / steps;
    double sum = 0;  // Simpson's rule; the integrand is below 1e-30 at the far end
    for (int i = 0; i <= steps; ++i) {
        const double z = from + i * h;
        const double f = normal_cdf(k * z) * std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
        sum += f * (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2);
    }
    return 2 / coverage * sum * h / 3;
}

}  // namespace aitrading::models
