#include "models/ensemble/service/prediction_board.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "market/calendar/market_week.hpp"

namespace aitrading::models {
namespace {

constexpr std::chrono::milliseconds look_up{10};

PredictionBoard::Seen seen_now(PredictionBoard::Seen seen) {
    if (!seen.event) return seen;
    seen.open_age = seen.age();
    const market::MarketKind kind = market::market_kind(seen.source.series.symbol);
    if (kind == market::MarketKind::unknown || !seen.now || *seen.now <= seen.known) return seen;
    seen.open_age = market::open_time(market::TradingWeek(kind), {seen.known, *seen.now});
    return seen;
}

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

}  // namespace

void PredictionBoard::open(std::vector<Answerer> models, MarketClock clock, std::function<std::int64_t()> behind) {
    const std::lock_guard lock(mutex_);
    entries_.clear();
    entries_.reserve(models.size());
    for (Answerer& model : models) entries_.push_back({.source = std::move(model.source), .trail = std::move(model.trail)});
    clock_ = std::move(clock);
    behind_ = std::move(behind);
    closed_.clear();
}

void PredictionBoard::close(std::string why) {
    {
        const std::lock_guard lock(mutex_);
        closed_ = std::move(why);
        behind_ = {};
        entries_.clear();
    }
    arrived_.notify_all();
}

void PredictionBoard::saw(UnixNanos known) {
    const std::lock_guard lock(mutex_);
    if (clock_) clock_->see(known, steady_now());
}

void PredictionBoard::told(std::size_t model, EventPointer event, UnixNanos known) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (!closed_.empty()) return;
        CHECK(model < entries_.size());
        entries_[model].last.keep(std::move(event), steady_now());
        entries_[model].known = known;
        wake = waiting_ > 0;
    }
    if (wake) arrived_.notify_all();
}

Result<PredictionBoard::Seen> PredictionBoard::find(std::string_view model, std::string_view symbol, std::optional<Timeframe> timeframe) const {
    if (!closed_.empty()) return fail(ErrorCode::failed, "no prediction is made here now: " + closed_, true);
    std::string answered;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        const PredictionSource& source = entry.source;
        const auto last = entry.last.at(steady_now());
        if (source.name == model && source.series.symbol == symbol && (!timeframe || source.series.timeframe == *timeframe))
            return seen_now({i, source, entry.trail, last ? last->value : nullptr, entry.known, clock_ ? clock_->at(steady_now()) : std::nullopt, behind_ ? behind_() : 0});
        answered += fmt::format("{}{} on {}", answered.empty() ? "" : ", ", source.name, to_string(source.series));
    }
    return fail(ErrorCode::not_found, fmt::format("no model {} answers live on {}{}; here answer: {}", model, symbol, timeframe ? fmt::format(" {}", name(*timeframe)) : "", answered));
}

Result<PredictionBoard::Seen> PredictionBoard::look(std::string_view model, std::string_view symbol, std::optional<Timeframe> timeframe) const {
    const std::lock_guard lock(mutex_);
    return find(model, symbol, timeframe);
}

Result<PredictionBoard::Seen> PredictionBoard::await(std::string_view model, std::string_view symbol, std::optional<Timeframe> timeframe, UnixNanos known, SteadyTime until) const {
    std::unique_lock lock(mutex_);
    ++waiting_;
    auto seen = find(model, symbol, timeframe);
    // Looks up now and then: what the service is behind with may be bars of others, which end in no answer here.
    while (seen && seen->known <= known && seen->behind > 0 && steady_now() < until) {
        arrived_.wait_until(lock, std::min(until, steady_now() + look_up));
        seen = find(model, symbol, timeframe);
    }
    --waiting_;
    return seen;
}

std::string why_none(const PredictionBoard::Seen& seen) {
    if (seen.behind > 0) return fmt::format("the model has not answered the {} newest events in time", seen.behind);
    const std::string closed = seen.open_age < seen.age() ? fmt::format(", in {:.0f} s of which its market was open", 1e-9 * static_cast<double>(seen.open_age.count())) : "";
    return fmt::format("no newer bar of {} has come; the last one closed {:.0f} s ago{}", to_string(seen.source.series), 1e-9 * static_cast<double>(seen.age().count()), closed);
}

std::vector<PredictionSource> PredictionBoard::models() const {
    const std::lock_guard lock(mutex_);
    std::vector<PredictionSource> out;
    out.reserve(entries_.size());
    for (const Entry& entry : entries_) out.push_back(entry.source);
    return out;
}

}  // namespace aitrading::models
