#include "models/ensemble/interval_control.hpp"

#include <algorithm>
#include <cmath>

namespace aitrading::models {

IntervalControl::IntervalControl(IntervalMethod method, double alpha, double gamma, std::size_t window)
    : method_(method), alpha_(alpha), rate_(alpha, gamma), scores_(window), pid_({.alpha = alpha}) {}

double IntervalControl::half() const {
    if (method_ == IntervalMethod::aci) return scores_.quantile(rate_.alpha());
    if (pid_.steps() == 0) return scores_.quantile(alpha_);
    return std::clamp(pid_.quantile(), 0.0, 2 * scores_.quantile(0));
}

void IntervalControl::observe(bool missed) {
    ++observed_;
    rate_.observe(missed);
    if (method_ == IntervalMethod::aci) return;
    const double unit = scores_.quantile(alpha_);
    if (pid_.steps() == 0) pid_ = ConformalPid({.alpha = alpha_}, unit);
    pid_.observe(missed, unit);
}

void IntervalControl::write(ByteWriter& out) const {
    out.put(rate_.alpha());
    scores_.write(out);
}

bool IntervalControl::read(ByteReader& in) {
    rate_.restore(in.get<double>());
    return scores_.read(in);
}

void IntervalControl::write_more(ByteWriter& out) const {
    pid_.write(out);
    out.put(observed_);
}

bool IntervalControl::read_more(ByteReader& in) {
    const bool read = pid_.read(in);
    observed_ = in.get<std::uint64_t>();
    return read && !in.failed();
}

}  // namespace aitrading::models
