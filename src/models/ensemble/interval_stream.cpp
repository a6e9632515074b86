#include "models/ensemble/interval_stream.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "models/ensemble/logit_regression.hpp"

namespace aitrading::models {
namespace {

constexpr double smallest = 1e-9;
constexpr std::size_t level_terms = 4, spread_terms = 3;

/// Exponential forgetting that starts as a plain mean: step 1/n until the span's own step is larger.
double step_of(double span, std::uint64_t known) {
    return std::max(2.0 / (span + 1.0), 1.0 / static_cast<double>(known));
}

double safe_log(double v) {
    return std::log(std::max(v, smallest));
}

}  // namespace

IntervalStream::IntervalStream(IntervalOptions options)
    : options_(options),
      control_(options.method, options.alpha, options.gamma, options.window),
      own_(options.regimes, control_),
      centre_(options.directional ? 1 : level_terms + interval_columns_max, options.fit_span),
      log_scale_(spread_terms + (options.directional ? interval_columns_max : 0), options.fit_span) {
    CHECK(options.alpha > 0 && options.alpha < 1 && options.window >= 1 && options.warm_up >= 2);
}

IntervalStream::Open IntervalStream::look(std::uint32_t row, double p_up,
                                          const IntervalInputs& inputs, int regime) const {
    Open at;
    at.regime = regime;
    at.row = row;
    at.spread = {1, safe_log(slow_), safe_log(fast_)};
    if (options_.directional)
        std::copy_n(inputs.value.begin(), inputs.count, at.spread.begin() + spread_terms);
    // Until the regression has seen enough the slower mean alone sets the scale.
    at.scale =
        known_ < 2 * options_.warm_up
            ? std::max(slow_, smallest)
            : std::exp(std::clamp(log_scale_.predict(at.spread), safe_log(slow_) - 3, safe_log(slow_) + 3));
    if (options_.directional) {
        at.centre = {(2 * p_up - 1) * at.scale};
    } else {
        at.centre = {1, std::clamp(logit(p_up), -5.0, 5.0), last_, level_};
        std::copy_n(inputs.value.begin(), inputs.count, at.centre.begin() + level_terms);
    }
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    at.own_half = unknown;
    at.interval = at.answer = {unknown, unknown};
    if (known_ < options_.warm_up || control_.scores() == 0) return at;
    at.middle = centre_.predict(at.centre);
    const double half = control_.half() * at.scale;
    at.interval = at.answer = {at.middle - half, at.middle + half};
    const IntervalControl* own = control_of(regime);
    if (own == nullptr || own->scores() < options_.warm_up) return at;
    at.own_half = own->half() * at.scale;
    if (own->scores() >= std::min(options_.regime_rows, options_.window))
        at.answer = {at.middle - at.own_half, at.middle + at.own_half, false};
    return at;
}

TargetInterval IntervalStream::predict(std::uint32_t row, double p_up, const IntervalInputs& inputs, int regime) {
    CHECK(open_.empty() || open_.back().row < row);
    while (!open_.empty()) {
        const Open& first = open_.front();
        if (first.labelled ? first.end >= row : !first.settled && row - first.row <= await_) break;
        if (first.labelled) take_in(first);
        open_.pop_front();
    }
    open_.push_back(look(row, p_up, inputs, regime));
    return open_.back().answer;
}

TargetInterval IntervalStream::now(double p_up, const IntervalInputs& inputs, int regime) const {
    return look(0, p_up, inputs, regime).answer;
}

void IntervalStream::label(std::uint32_t row, std::uint32_t end, double target) {
    CHECK(end >= row);
    std::size_t from = 0, to = open_.size();
    while (from < to) {
        const std::size_t middle = (from + to) / 2;
        open_[middle].row < row ? from = middle + 1 : to = middle;
    }
    if (from == open_.size() || open_[from].row != row) return;
    Open& at = open_[from];
    at.end = end;
    at.target = target;
    at.labelled = std::isfinite(target);  // a label without a figure teaches nothing
    at.settled = !at.labelled;
}

void IntervalStream::await(std::uint32_t rows) {
    await_ = rows;
    open_.reserve(std::size_t{rows} + 2);
    control_.reserve();
    for (IntervalControl& own : own_) own.reserve();
}

void IntervalStream::finish_rows() {
    for (std::size_t i = 0; i < open_.size(); ++i)
        if (open_[i].labelled) take_in(open_[i]);
    open_.clear();
}

void IntervalStream::take_in(const Open& known) {
    ++known_;
    const double residual = std::abs(known.target - centre_.predict(known.centre));
    // Before any residual is known there is no scale; such scores would be the greatest for long. (Plain streams keep them: models
    // that were stored before say what they said.)
    if (known_ > 2 && (options_.plain() || known.scale > smallest)) {
        const double score = residual / std::max(known.scale, smallest);
        control_.add(score);
        if (control_of(known.regime) != nullptr) own_[static_cast<std::size_t>(known.regime)].add(score);
    }
    if (std::isfinite(known.interval.low))
        control_.observe(known.target < known.interval.low || known.target > known.interval.high);
    if (std::isfinite(known.own_half))
        own_[static_cast<std::size_t>(known.regime)].observe(std::abs(known.target - known.middle) > known.own_half);
    if (known_ > 2) log_scale_.observe(known.spread, safe_log(std::max(residual, 0.02 * slow_)));
    centre_.observe(known.centre, known.target);
    slow_ += step_of(options_.scale_span, known_) * (residual - slow_);
    fast_ += step_of(options_.scale_span / 5, known_) * (residual - fast_);
    level_ += step_of(options_.scale_span, known_) * (known.target - level_);
    last_ = known.target;
}

void IntervalStream::write(ByteWriter& out) const {
    out.put(options_.alpha);
    out.put(options_.gamma);
    out.put(static_cast<std::uint64_t>(options_.window));
    out.put(options_.scale_span);
    out.put(options_.fit_span);
    out.put(static_cast<std::uint64_t>(options_.warm_up));
    out.put(options_.directional);
    control_.write(out);
    centre_.write(out);
    log_scale_.write(out);
    for (const double v : {slow_, fast_, level_, last_}) out.put(v);
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
    control_ = IntervalControl(options_.method, options_.alpha, options_.gamma, options_.window);
    if (!control_.read(in) || !centre_.read(in) || !log_scale_.read(in)) return false;
    for (double* v : {&slow_, &fast_, &level_, &last_}) *v = in.get<double>();
    known_ = in.get<std::uint64_t>();
    open_.clear();
    return !in.failed();
}

void IntervalStream::write_more(ByteWriter& out) const {
    out.put(options_.method);
    out.put(static_cast<std::uint64_t>(options_.regimes));
    out.put(static_cast<std::uint64_t>(options_.regime_rows));
    control_.write_more(out);
    for (const IntervalControl& own : own_) {
        own.write(out);
        own.write_more(out);
    }
}

bool IntervalStream::read_more(ByteReader& in) {
    constexpr std::size_t regimes_max = 64;
    options_.method = in.get<IntervalMethod>();
    options_.regimes = in.get<std::uint64_t>();
    options_.regime_rows = in.get<std::uint64_t>();
    if (in.failed() || options_.method > IntervalMethod::pid || options_.regimes > regimes_max) return false;
    control_.set_method(options_.method);
    bool read = control_.read_more(in);
    own_.assign(options_.regimes, IntervalControl(options_.method, options_.alpha, options_.gamma, options_.window));
    for (IntervalControl& own : own_) read = read && own.read(in) && own.read_more(in);
    return read && !in.failed();
}

void IntervalStream::write_open(ByteWriter& out) const {
    out.put(static_cast<std::uint64_t>(open_.size()));
    for (std::size_t i = 0; i < open_.size(); ++i) {
        const Open& o = open_[i];
        for (const std::uint32_t v : {o.row, o.end}) out.put(v);
        for (const bool v : {o.labelled, o.settled, o.interval.pooled, o.answer.pooled}) out.put(v);
        out.put(static_cast<std::int32_t>(o.regime));
        for (const double v : {o.target, o.scale, o.middle, o.own_half, o.interval.low, o.interval.high, o.answer.low, o.answer.high}) out.put(v);
        for (const Terms* terms : {&o.centre, &o.spread})
            for (const double v : *terms) out.put(v);
    }
}

bool IntervalStream::read_open(ByteReader& in) {
    open_.clear();
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
        Open o;
        for (std::uint32_t* v : {&o.row, &o.end}) *v = in.get<std::uint32_t>();
        for (bool* v : {&o.labelled, &o.settled, &o.interval.pooled, &o.answer.pooled}) *v = in.get<std::uint8_t>() != 0;
        o.regime = in.get<std::int32_t>();
        for (double* v : {&o.target, &o.scale, &o.middle, &o.own_half, &o.interval.low, &o.interval.high, &o.answer.low, &o.answer.high})
            *v = in.get<double>();
        for (Terms* terms : {&o.centre, &o.spread})
            for (double& v : *terms) v = in.get<double>();
        if (!open_.empty() && open_.back().row >= o.row) return false;
        open_.push_back(o);
    }
    return !in.failed();
}

}  // namespace aitrading::models
