#include "models/ensemble/conformal.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

/// Rank (from 1) of the conformal quantile among n scores. The tiny allowance keeps 20 * 0.9 at 18.
double conformal_rank(std::size_t n, double alpha) {
    return std::ceil((static_cast<double>(n) + 1) * (1 - alpha) - 1e-9);
}

}  // namespace

double split_conformal_quantile(std::span<const double> scores, double alpha) {
    CHECK(alpha >= 0 && alpha <= 1);
    const double rank = std::max(1.0, conformal_rank(scores.size(), alpha));
    if (rank > static_cast<double>(scores.size())) return std::numeric_limits<double>::infinity();
    std::vector<double> copy(scores.begin(), scores.end());
    const auto nth = copy.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
    std::ranges::nth_element(copy, nth);
    return *nth;
}

double AdaptiveAlpha::coverage_gap_bound(std::size_t steps) const {
    CHECK(steps >= 1);
    return (std::max(target_, 1 - target_) + gamma_) / (gamma_ * static_cast<double>(steps));
}

void ConformalPid::observe(bool missed, double unit) {
    const double error = (missed ? 1.0 : 0.0) - options_.alpha;
    ++steps_;
    surplus_ += error;
    tracker_ += options_.rate * unit * error;
    if (options_.integral == 0) return;
    const double t = static_cast<double>(steps_) + 1, half_turn = std::numbers::pi / 2;
    const double angle = surplus_ * std::log(t) / (options_.saturation * t);
    integrator_ = std::abs(angle) < half_turn ? options_.integral * unit * std::tan(angle)
                                              : std::copysign(std::numeric_limits<double>::infinity(), angle);
}

double ConformalPid::coverage_gap_bound(std::size_t steps) const {
    CHECK(steps >= 1);
    const double t = static_cast<double>(steps) + 1;
    return (std::numbers::pi / 2 * options_.saturation * t / std::log(t) + 1) / static_cast<double>(steps);
}

void ConformalPid::write(ByteWriter& out) const {
    for (const double v : {options_.alpha, options_.rate, options_.integral, options_.saturation, tracker_, integrator_, surplus_}) out.put(v);
    out.put(steps_);
}

bool ConformalPid::read(ByteReader& in) {
    for (double* v : {&options_.alpha, &options_.rate, &options_.integral, &options_.saturation, &tracker_, &integrator_, &surplus_})
        *v = in.get<double>();
    steps_ = in.get<std::uint64_t>();
    return !in.failed() && options_.alpha > 0 && options_.alpha < 1 && options_.saturation > 0 && std::isfinite(tracker_) && std::isfinite(surplus_);
}

void RollingScores::reserve() {
    in_order_.reserve(window_ + 1);
    sorted_.reserve(window_ + 1);
}

void RollingScores::add(double score) {
    in_order_.push_back(score);
    sorted_.insert(std::ranges::upper_bound(sorted_, score), score);
    if (in_order_.size() <= window_) return;
    sorted_.erase(std::ranges::lower_bound(sorted_, in_order_.front()));
    in_order_.pop_front();
}

double RollingScores::quantile(double alpha) const {
    CHECK(!sorted_.empty());
    const double rank = std::clamp(conformal_rank(sorted_.size(), std::clamp(alpha, 0.0, 1.0)), 1.0,
                                   static_cast<double>(sorted_.size()));
    return sorted_[static_cast<std::size_t>(rank) - 1];
}

void RollingScores::write(ByteWriter& out) const {
    std::vector<double> scores;
    scores.reserve(in_order_.size());
    for (std::size_t i = 0; i < in_order_.size(); ++i) scores.push_back(in_order_[i]);
    out.put_all(scores);
}

bool RollingScores::read(ByteReader& in) {
    const std::vector<double> scores = in.get_all<double>();
    if (scores.size() > window_) return false;
    in_order_.clear();
    sorted_.clear();
    for (const double s : scores) add(s);
    return !in.failed();
}

}  // namespace aitrading::models
