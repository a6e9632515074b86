#include "models/augmentation/normal_scores.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "models/evaluation/statistics.hpp"

namespace aitrading::models {
namespace {

constexpr double step = 1.0 / 16, growth_span = 0.5, growth_max = 2, limit_max = 4, beyond_max = 1;

double quantile_of_sorted(std::span<const double> x, double q) {
    const double at = q * static_cast<double>(x.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const std::size_t high = std::min(low + 1, x.size() - 1);
    return x[low] + (at - static_cast<double>(low)) * (x[high] - x[low]);
}

/// Growth of ln|x - median| for one deviation, between two knots.
double growth(double inner, double outer, double median) {
    const double a = std::abs(inner - median), b = std::abs(outer - median);
    return a > 0 && b > a ? std::min(growth_max, std::log(b / a) / growth_span) : 0;
}

}  // namespace

NormalScores NormalScores::fit(std::span<const double> x) {
    CHECK(!x.empty());
    std::vector<double> sorted(x.begin(), x.end());
    std::ranges::sort(sorted);
    NormalScores out;
    const double share = std::min(0.4, 3.0 / static_cast<double>(sorted.size()));
    const auto steps = static_cast<int>(std::clamp(-normal_quantile(share), step, limit_max) / step);
    out.limit_ = steps * step;
    for (int k = -steps; k <= steps; ++k) out.knots_.push_back(quantile_of_sorted(sorted, normal_cdf(k * step)));
    out.median_ = quantile_of_sorted(sorted, 0.5);
    const auto inner = static_cast<std::size_t>(std::min(steps, static_cast<int>(growth_span / step)));
    out.growth_low_ = growth(out.knots_[inner], out.knots_.front(), out.median_);
    out.growth_high_ = growth(out.knots_[out.knots_.size() - 1 - inner], out.knots_.back(), out.median_);
    return out;
}

double NormalScores::tail(double beyond, bool upper) const {
    const double end = upper ? knots_.back() : knots_.front(), rate = upper ? growth_high_ : growth_low_;
    return median_ + (end - median_) * std::exp(rate * std::min(beyond, beyond_max));
}

double NormalScores::value(double score) const {
    if (score <= -limit_) return tail(-limit_ - score, false);
    if (score >= limit_) return tail(score - limit_, true);
    const double at = (score + limit_) / step;
    const auto k = std::min(static_cast<std::size_t>(at), knots_.size() - 2);
    return knots_[k] + (at - static_cast<double>(k)) * (knots_[k + 1] - knots_[k]);
}

double NormalScores::score(double value) const {
    const auto place = [&](std::size_t k) { return -limit_ + step * static_cast<double>(k); };
    const auto beyond = [&](double end, double rate) {
        const double share = (value - median_) / (end - median_);
        return rate > 0 && share > 1 ? std::log(share) / rate : 0;
    };
    const auto [first, last] = std::ranges::equal_range(knots_, value);
    if (first != last)  // on a knot, or on several: tied values
        return 0.5 * (place(static_cast<std::size_t>(first - knots_.begin())) + place(static_cast<std::size_t>(last - knots_.begin()) - 1));
    if (first == knots_.begin()) return -limit_ - beyond(knots_.front(), growth_low_);
    if (first == knots_.end()) return limit_ + beyond(knots_.back(), growth_high_);
    const auto k = static_cast<std::size_t>(first - knots_.begin()) - 1;
    return place(k) + step * (value - knots_[k]) / (knots_[k + 1] - knots_[k]);
}

}  // namespace aitrading::models
