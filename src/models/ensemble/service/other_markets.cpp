#include "models/ensemble/service/other_markets.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.hpp"

namespace aitrading::models {

OtherMarkets::OtherMarkets(Timeframe timeframe, Levels levels, std::vector<Source> sources, Options options)
    : timeframe_(timeframe), levels_(std::move(levels)), sources_(std::move(sources)), options_(options), answered_(options.answered) {
    CHECK(levels_ && levels_->size() == sources_.size());
    for (const Source& source : sources_)
        for (const std::string& symbol : source.symbols)
            if (std::ranges::find(symbols_, symbol, &Symbol::name) == symbols_.end()) symbols_.push_back({.name = symbol});
}

int OtherMarkets::usual_silence(Timeframe timeframe) { return static_cast<int>(std::max<std::int64_t>(5, 26 * nanos_per_hour / std::max<std::int64_t>(1, duration_nanos(timeframe)))); }

void OtherMarkets::seen(const std::string& symbol, UnixNanos known) {
    const auto found = std::ranges::find(symbols_, symbol, &Symbol::name);
    if (found != symbols_.end()) found->last = known;
}

void OtherMarkets::take(const kit::BarNews& news) {
    time_ = std::max(time_, news.known);
    const auto symbol = std::ranges::find(symbols_, news.symbol, &Symbol::name);
    if (news.timeframe != timeframe_ || symbol == symbols_.end() || news.known <= symbol->last || news.bar.close.raw <= 0) return;
    symbol->last = news.known;
    symbol->silent = 0;
    UnixNanos known = news.known;
    if (known <= answered_) {
        note_late(news.symbol, known);
        known = {answered_.value + 1};
    }
    const double close = news.bar.close.to_double();
    for (std::size_t m = 0; m < sources_.size(); ++m) {
        Source& source = sources_[m];
        const auto at = std::ranges::find(source.symbols, news.symbol);
        if (at == source.symbols.end()) continue;
        if (!source.dollar) {
            put(m, known, close);
            continue;
        }
        source.dollar->take(static_cast<std::size_t>(at - source.symbols.begin()), close);
        if (const auto level = source.dollar->level()) put(m, known, *level);
    }
}

void OtherMarkets::note_late(const std::string& market, UnixNanos known) {
    ++late_;
    late_text_ = fmt::format("{}'s level known at {} came too late", market, to_iso8601(known));
}

/// Of several levels at one instant the last one counts.
void OtherMarkets::put(std::size_t market, UnixNanos known, double level) {
    insight::CrossSeries& series = (*levels_)[market];
    if (series.size() > 0 && series.known.back() >= known) {
        if (series.known.back() > known) note_late(series.name, known);
        series.level.back() = level;
        return;
    }
    series.known.push_back(known);
    series.level.push_back(level);
}

bool OtherMarkets::complete(UnixNanos known) const {
    return time_ > known || std::ranges::all_of(symbols_, [&](const Symbol& s) { return s.last >= known; });
}

std::optional<OtherMarkets::Held> OtherMarkets::next(std::chrono::steady_clock::time_point now) {
    if (held_.empty()) return std::nullopt;
    const bool waited = options_.grace && now - held_.front().since >= *options_.grace;
    if (!waited && !complete(held_.front().known)) return std::nullopt;
    Held out = std::move(held_.front());
    held_.pop_front();
    for (Symbol& symbol : symbols_)
        if (symbol.last <= answered_) ++symbol.silent;
    answered_ = std::max(answered_, out.known);
    return out;
}

std::string OtherMarkets::why_degraded() const {
    std::string out;
    for (const Symbol& symbol : symbols_)
        if (symbol.silent > options_.silent_bars) out += fmt::format("{}{} has had no bar for {} bars", out.empty() ? "" : "; ", symbol.name, symbol.silent);
    if (late_ > 0) out += (out.empty() ? "" : "; ") + late_text_;
    return out;
}

}  // namespace aitrading::models
