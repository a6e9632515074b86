#include "models/ensemble/interval_stream.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
namespace {

constexpr double smallest_scale = 1e-12;

/// Exponential forgetting that starts as a plain mean: step 1/n until the span's own step is larger.
double step_of(double span, std::uint64_t known) {
    return std::max(2.0 / (span + 1.0), 1.0 / static_cast<double>(known));
}

}  // namespace

IntervalStream::IntervalStream(IntervalOptions options)
    : options_(options), alpha_(options.alpha, options.gamma), scores_(options.window) {
    CHECK(options.alpha > 0 && options.alpha < 1 && options.window >= 1 && options.warm_up >= 2);
}

IntervalStream::Terms IntervalStream::terms_of(double p_up) const {
    if (options_.directional) return {(2 * p_up - 1) * size_, 0, 0, 0};
    return {1, std::clamp(logit(p_up), -5.0, 5.0), last_, level_};
}

double IntervalStream::centre(const Terms& x) const {
    double sum = 0;
    for (std::size_t j = 0; j < terms; ++j) sum += beta_[j] * x[j];
    return sum;
}

Interval IntervalStream::around(const Terms& x) const {
    if (known_ < options_.warm_up) return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
    const double middle = centre(x), half = scores_.quantile(alpha_.alpha()) * std::max(scale_, smallest_scale);
    return {middle - half, middle + half};
}

Interval IntervalStream::now(double p_up) const { return around(terms_of(p_up)); }

Interval IntervalStream::predict(std::uint32_t row, double p_up) {
    CHECK(open_.empty() || open_.back().row < row);
    while (!open_.empty() && (!open_.front().labelled || open_.front().end < row)) {
        if (open_.front().labelled) take_in(open_.front());
        open_.pop_front();
    }
    Open next;
    next.row = row;
    next.x = terms_of(p_up);
    next.interval = around(next.x);
    open_.push_back(next);
    return next.interval;
}

void IntervalStream::label(std::uint32_t row, std::uint32_t end, double target) {
    CHECK(!open_.empty() && open_.back().row == row && end >= row);
    if (!std::isfinite(target)) return;  // a label without a figure teaches nothing
    open_.back().end = end;
    open_.back().target = target;
    open_.back().labelled = true;
}

void IntervalStream::restart_rows() { open_.clear(); }

void IntervalStream::take_in(const Open& known) {
    ++known_;
    const double middle = centre(known.x), residual = std::abs(known.target - middle);
    if (known_ > 2) {
        scores_.add(residual / std::max(scale_, smallest_scale));
        if (std::isfinite(known.interval.low))
            alpha_.observe(known.target < known.interval.low || known.target > known.interval.high);
    }
    scale_ += step_of(options_.scale_span, known_) * (residual - scale_);
    size_ += step_of(options_.scale_span, known_) * (std::abs(known.target) - size_);
    level_ += step_of(options_.scale_span, known_) * (known.target - level_);
    last_ = known.target;
    const double keep = 1.0 - 2.0 / (options_.fit_span + 1.0);
    for (std::size_t i = 0; i < terms; ++i) {
        for (std::size_t j = 0; j < terms; ++j)
            moments_[i * terms + j] = keep * moments_[i * terms + j] + known.x[i] * known.x[j];
        cross_[i] = keep * cross_[i] + known.x[i] * known.target;
    }
    refit();
}

/// Cholesky of the moments with a small ridge in each term's own units.
void IntervalStream::refit() {
    std::array<double, terms * terms> l = moments_;
    for (std::size_t j = 0; j < terms; ++j) l[j * terms + j] = l[j * terms + j] * 1.001 + 1e-9;
    Terms b = cross_;
    for (std::size_t j = 0; j < terms; ++j) {
        for (std::size_t k = 0; k < j; ++k) l[j * terms + j] -= l[j * terms + k] * l[j * terms + k];
        const double root = std::sqrt(std::max(l[j * terms + j], 1e-12));
        l[j * terms + j] = root;
        for (std::size_t i = j + 1; i < terms; ++i) {
            for (std::size_t k = 0; k < j; ++k) l[i * terms + j] -= l[i * terms + k] * l[j * terms + k];
            l[i * terms + j] /= root;
        }
    }
    for (std::size_t i = 0; i < terms; ++i) {
        for (std::size_t k = 0; k < i; ++k) b[i] -= l[i * terms + k] * b[k];
        b[i] /= l[i * terms + i];
    }
    for (std::size_t i = terms; i-- > 0;) {
        for (std::size_t k = i + 1; k < terms; ++k) b[i] -= l[k * terms + i] * b[k];
        b[i] /= l[i * terms + i];
    }
    beta_ = b;
}

void IntervalStream::write(ByteWriter& out) const {
    out.put(options_.alpha);
    out.put(options_.gamma);
    out.put(static_cast<std::uint64_t>(options_.window));
    out.put(options_.scale_span);
    out.put(options_.fit_span);
    out.put(static_cast<std::uint64_t>(options_.warm_up));
    out.put(options_.directional);
    out.put(alpha_.alpha());
    scores_.write(out);
    for (const double v : moments_) out.put(v);
    for (const double v : cross_) out.put(v);
    for (const double v : beta_) out.put(v);
    for (const double v : {scale_, level_, last_, size_}) out.put(v);
    out.put(known_);
}

bool IntervalStream::read(ByteReader& in) {
    options_.alpha = in.get<double>();
    options_.gamma = in.get<double>();
    options_.window = in.get<std::uint64_t>();
    options_.scale_span = in.get<double>();
    options_.fit_span = in.get<double>();
    options_.warm_up = in.get<std::uint64_t>();
    options_.directional = in.get<bool>();
    if (in.failed()) return false;
    alpha_ = AdaptiveAlpha(options_.alpha, options_.gamma);
    alpha_.restore(in.get<double>());
    scores_ = RollingScores(options_.window);
    if (!scores_.read(in)) return false;
    for (double& v : moments_) v = in.get<double>();
    for (double& v : cross_) v = in.get<double>();
    for (double& v : beta_) v = in.get<double>();
    for (double* v : {&scale_, &level_, &last_, &size_}) *v = in.get<double>();
    known_ = in.get<std::uint64_t>();
    open_.clear();
    return !in.failed();
}

}  // namespace aitrading::models
