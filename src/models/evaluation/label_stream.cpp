#include "models/evaluation/label_stream.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace aitrading::models {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr int atr_bars = 14;

double return_bp(double from, double to) { return 1e4 * (to / from - 1.0); }

}  // namespace

Result<LabelStream> LabelStream::of(std::string_view spec, int digits) {
    TRY(const LabelSpec label, parse_label(spec));
    return LabelStream(label, digits);
}

LabelStream::LabelStream(const LabelSpec& spec, int digits) : spec_(spec), half_point_(0.5 * std::pow(10.0, -digits)) {
    const auto span = static_cast<std::size_t>(spec.bars);
    known_.reserve(span + 1);
    open_.reserve(span + 1);
    if (!spec.directional()) sums_.reserve(span + 2);
}

std::span<const KnownLabel> LabelStream::update(const Bar& bar) {
    known_.clear();
    switch (spec_.kind) {
        case LabelSpec::Kind::next_bar: next_bar(bar); break;
        case LabelSpec::Kind::large_move:
        case LabelSpec::Kind::volatility: volatility(bar); break;
        case LabelSpec::Kind::triple_barrier: barriers(bar); break;
    }
    last_close_ = bar.close;
    ++bars_;
    return known_;
}

void LabelStream::tell(const OpenRow& open, bool up, double target) {
    known_.push_back({open.row, bars_, std::isnan(target) ? std::numeric_limits<float>::quiet_NaN() : up ? 1.0F : 0.0F, target});
}

void LabelStream::next_bar(const Bar& bar) {
    if (bars_ == 0) return;
    const bool still = bar.close == last_close_;
    tell({.row = bars_ - 1}, bar.close > last_close_, still ? nothing : return_bp(last_close_.to_double(), bar.close.to_double()));
}

void LabelStream::volatility(const Bar& bar) {
    const auto width = static_cast<std::size_t>(spec_.bars);
    const double change = bars_ == 0 ? 0.0 : std::log(bar.close.to_double() / last_close_.to_double());
    if (sums_.empty()) sums_.push_back(0.0L);
    sums_.push_back(sums_.back() + static_cast<long double>(change) * change);
    if (sums_.size() > width + 1) sums_.pop_front();
    double now = nothing;
    if (bars_ >= width) {
        now = std::sqrt(static_cast<double>((sums_.back() - sums_.front()) / spec_.bars));
        bag_.insert(now);
        year_.push_back({bar.time, now});
        const OpenRow& open = open_.front();
        tell(open, now > open.median, std::isnan(open.median) ? nothing : std::log(std::max(now, open.floor)));
        open_.pop_front();
    }
    while (!year_.empty() && year_.front().time.value <= bar.time.value - trailing_days * nanos_per_day) {
        bag_.erase(year_.front().value);
        year_.pop_front();
    }
    const bool warm = bag_.size() >= std::max(trailing_minimum, 5 * width);
    open_.push_back({.row = bars_, .median = warm ? bag_.median() : nothing, .floor = half_point_ / bar.close.to_double()});
}

/// Wilder's ATR in prices as wilder_atr gives it; NaN before it is warm.
double LabelStream::wilder_atr(const Bar& bar) {
    if (bars_ == 0) return nothing;
    const double range = (std::max(bar.high, last_close_) - std::min(bar.low, last_close_)).to_double();
    if (bars_ <= static_cast<std::uint32_t>(atr_bars))
        atr_ += range / atr_bars;
    else
        atr_ = (atr_ * (atr_bars - 1) + range) / atr_bars;
    return bars_ >= static_cast<std::uint32_t>(atr_bars) ? atr_ : nothing;
}

/// Whether the bar decides the row's label; tells it then. The rules are those of BarrierSearch.
bool LabelStream::touch(const OpenRow& open, const Bar& bar) {
    if (std::isnan(open.high)) {
        tell(open, false, nothing);
        return true;
    }
    const bool up = bar.high.to_double() >= open.high, down = bar.low.to_double() <= open.low;
    if (!up && !down) {
        if (bars_ - open.row < static_cast<std::uint32_t>(spec_.bars)) return false;
        const bool still = bar.close == open.price;
        tell(open, bar.close > open.price, still ? nothing : return_bp(open.close, bar.close.to_double()));
        return true;
    }
    const double at = bar.open.to_double();
    if (at >= open.high || at <= open.low) {
        tell(open, at >= open.high, return_bp(open.close, at));
    } else if (up && down) {
        const double above = open.high - at, below = at - open.low;
        tell(open, above < below, above == below ? nothing : return_bp(open.close, above < below ? open.high : open.low));
    } else {
        tell(open, up, return_bp(open.close, up ? open.high : open.low));
    }
    return true;
}

void LabelStream::barriers(const Bar& bar) {
    for (std::size_t i = 0; i < open_.size(); ++i)
        if (!open_[i].done) open_[i].done = touch(open_[i], bar);
    while (!open_.empty() && open_.front().done) open_.pop_front();
    const double atr = wilder_atr(bar), close = bar.close.to_double();
    const double up = atr > 0 ? spec_.up * atr : nothing, down = atr > 0 ? spec_.down * atr : nothing;
    open_.push_back({.row = bars_, .close = close, .high = close + up, .low = close - down, .price = bar.close});
}

}  // namespace aitrading::models
