#include "models/evaluation/scores.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

std::vector<std::uint32_t> order_by(std::span<const double> key) {
    std::vector<std::uint32_t> order(key.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return key[a] < key[b]; });
    return order;
}

double d(std::int64_t count) {
    return static_cast<double>(count);
}

}  // namespace

double Confusion::accuracy() const {
    return d(correct()) / d(n());
}

double Confusion::majority_rate() const {
    return d(std::max(true_positive + false_negative, true_negative + false_positive)) / d(n());
}

double Confusion::balanced_accuracy() const {
    const std::int64_t ones = true_positive + false_negative, zeros = true_negative + false_positive;
    if (ones == 0) return d(true_negative) / d(zeros);
    if (zeros == 0) return d(true_positive) / d(ones);
    return 0.5 * (d(true_positive) / d(ones) + d(true_negative) / d(zeros));
}

double Confusion::mcc() const {
    const double a = d(true_positive + false_positive), b = d(true_positive + false_negative);
    const double c = d(true_negative + false_positive), e = d(true_negative + false_negative);
    if (a == 0 || b == 0 || c == 0 || e == 0) return 0;
    return (d(true_positive) * d(true_negative) - d(false_positive) * d(false_negative)) /
           (std::sqrt(a * b) * std::sqrt(c * e));
}

Confusion confusion(std::span<const float> y, std::span<const double> p) {
    CHECK(y.size() == p.size());
    Confusion c;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const bool one = y[i] > 0.5F, called = p[i] > 0.5;
        ++(one ? (called ? c.true_positive : c.false_negative)
               : (called ? c.false_positive : c.true_negative));
    }
    return c;
}

double roc_auc(std::span<const float> y, std::span<const double> p) {
    CHECK(y.size() == p.size());
    const auto order = order_by(p);
    double rank_sum = 0, ones = 0;
    for (std::size_t i = 0; i < order.size();) {
        std::size_t j = i;
        double ones_here = 0;
        for (; j < order.size() && p[order[j]] == p[order[i]]; ++j) ones_here += y[order[j]] > 0.5F ? 1 : 0;
        rank_sum += ones_here * 0.5 * static_cast<double>(i + 1 + j);
        ones += ones_here;
        i = j;
    }
    const double zeros = static_cast<double>(y.size()) - ones;
    return ones == 0 || zeros == 0 ? 0.5 : (rank_sum - ones * (ones + 1) / 2) / (ones * zeros);
}

double brier_score(std::span<const float> y, std::span<const double> p) {
    CHECK(y.size() == p.size() && !y.empty());
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += (p[i] - y[i]) * (p[i] - y[i]);
    return sum / static_cast<double>(y.size());
}

double log_loss(std::span<const float> y, std::span<const double> p) {
    CHECK(y.size() == p.size() && !y.empty());
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const double q = std::clamp(p[i], 1e-15, 1 - 1e-15);
        sum -= y[i] > 0.5F ? std::log(q) : std::log1p(-q);
    }
    return sum / static_cast<double>(y.size());
}

std::vector<ReliabilityBin> reliability_bins(std::span<const float> y, std::span<const double> p, int bins) {
    CHECK(y.size() == p.size() && bins >= 1);
    std::vector<ReliabilityBin> out(static_cast<std::size_t>(bins));
    for (std::size_t i = 0; i < y.size(); ++i) {
        const auto k = static_cast<std::size_t>(std::min(static_cast<int>(p[i] * bins), bins - 1));
        out[k].predicted += p[i];
        out[k].observed += y[i];
        ++out[k].count;
    }
    for (std::size_t k = 0; k < out.size(); ++k) {
        out[k].low = static_cast<double>(k) / bins;
        out[k].high = static_cast<double>(k + 1) / bins;
        if (out[k].count == 0) continue;
        out[k].predicted /= d(out[k].count);
        out[k].observed /= d(out[k].count);
    }
    return out;
}

double calibration_error(const std::vector<ReliabilityBin>& bins) {
    double sum = 0, n = 0;
    for (const auto& b : bins) {
        sum += d(b.count) * std::abs(b.observed - b.predicted);
        n += d(b.count);
    }
    return n > 0 ? sum / n : 0;
}

Murphy murphy(const std::vector<ReliabilityBin>& bins) {
    double n = 0, ones = 0;
    for (const auto& b : bins) {
        n += d(b.count);
        ones += d(b.count) * b.observed;
    }
    if (n == 0) return {};
    const double base = ones / n;
    Murphy out;
    for (const auto& b : bins) {
        out.reliability += d(b.count) / n * (b.predicted - b.observed) * (b.predicted - b.observed);
        out.resolution += d(b.count) / n * (b.observed - base) * (b.observed - base);
    }
    out.uncertainty = base * (1 - base);
    return out;
}

RiskCoverage risk_coverage(std::span<const float> y, std::span<const double> p) {
    CHECK(y.size() == p.size() && !y.empty());
    std::vector<double> doubt(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) doubt[i] = -std::abs(p[i] - 0.5);
    const auto order = order_by(doubt);
    double area = 0, errors = 0;
    for (std::size_t i = 0; i < order.size();) {
        std::size_t j = i;
        double wrong = 0;
        for (; j < order.size() && doubt[order[j]] == doubt[order[i]]; ++j)
            wrong += (y[order[j]] > 0.5F) != (p[order[j]] > 0.5) ? 1 : 0;
        for (std::size_t k = i; k < j; ++k)
            area += (errors + wrong * static_cast<double>(k + 1 - i) / static_cast<double>(j - i)) /
                    static_cast<double>(k + 1);
        errors += wrong;
        i = j;
    }
    const auto n = static_cast<double>(y.size());
    double perfect = 0;  // all errors last
    for (double k = n - errors + 1; k <= n; ++k) perfect += (k - (n - errors)) / k;
    return {area / n, (area - perfect) / n};
}

Figure pesaran_timmermann(const Confusion& c) {
    const double n = d(c.n());
    const double up = d(c.true_positive + c.false_negative) / n,
                 called = d(c.true_positive + c.false_positive) / n;
    const double chance = up * called + (1 - up) * (1 - called);
    const double calls = (2 * up - 1) * (2 * up - 1) * called * (1 - called) / n;
    const double outcomes = (2 * called - 1) * (2 * called - 1) * up * (1 - up) / n;
    const double both = 4 * up * called * (1 - up) * (1 - called) / (n * n);
    const double variance = chance * (1 - chance) / n - calls - outcomes - both;
    if (!(called > 0 && called < 1)) return Figure::unknown("every bar was called the same way");
    if (!(up > 0 && up < 1)) return Figure::unknown("every bar went the same way");
    if (!(variance > 0)) return Figure::unknown("too few bars");
    return (c.accuracy() - chance) / std::sqrt(variance);
}

}  // namespace aitrading::models
