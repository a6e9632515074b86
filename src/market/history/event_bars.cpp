#include "market/history/event_bars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/check.hpp"
#include "market/history/decimal.hpp"
#include "market/history/whole_file.hpp"

namespace aitrading::market {
namespace {

constexpr double length_alpha = 2.0 / 21.0;  // the last twenty bars
constexpr std::int64_t length_factor_max = 10;

}  // namespace

Result<EventRule> parse_event_rule(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view kind = text.substr(0, colon);
    const std::string_view number = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    EventRule rule;
    if (kind == "volume") {
        const Decimal volume = parse_decimal(number, 6);
        if (volume.status == DecimalStatus::ok && volume.scaled > 0) {
            rule.kind = EventRule::Kind::volume;
            rule.volume = {volume.scaled};
            return rule;
        }
    }
    constexpr std::int64_t count_max = 1'000'000'000;
    const Decimal count = parse_decimal(number, 0);
    const bool whole = parse_decimal(number, 6).decimals == 0;
    if ((kind == "ticks" || kind == "imbalance") && count.status == DecimalStatus::ok && whole && count.scaled > 0 && count.scaled <= count_max) {
        rule.kind = kind == "ticks" ? EventRule::Kind::ticks : EventRule::Kind::imbalance;
        rule.count = count.scaled;
        return rule;
    }
    return fail(ErrorCode::usage,
                fmt::format("\"{}\" is neither a timeframe nor one of ticks:1000, volume:1e6, imbalance:500", text));
}

EventBarBuilder::EventBarBuilder(const EventRule& rule) : rule_(rule), length_expected_(static_cast<double>(rule.count)) {
    CHECK(rule.count > 0 || rule.volume.raw > 0);
}

bool EventBarBuilder::ended() const {
    switch (rule_.kind) {
        case EventRule::Kind::ticks: return bar_.ticks >= rule_.count;
        case EventRule::Kind::volume: return bar_.volume >= rule_.volume;
        case EventRule::Kind::imbalance: break;
    }
    if (first_bar_) return bar_.ticks >= rule_.count;
    if (bar_.ticks < (rule_.count + length_factor_max - 1) / length_factor_max) return false;
    return bar_.ticks >= rule_.count * length_factor_max || static_cast<double>(std::abs(bar_.imbalance)) >= threshold_;
}

void EventBarBuilder::begin_next() {
    if (!first_bar_) length_expected_ += length_alpha * (static_cast<double>(bar_.ticks) - length_expected_);
    first_bar_ = false;
    threshold_ = length_expected_ * std::abs(sign_expected_);
    bar_ = {};
}

bool EventBarBuilder::add(const Tick& tick, EventBar& out) {
    const std::int64_t mid_twice = tick.bid.raw + tick.ask.raw;
    if (any_ && mid_twice != mid_twice_) sign_ = mid_twice > mid_twice_ ? 1 : -1;
    any_ = true;
    mid_twice_ = mid_twice;
    if (rule_.kind == EventRule::Kind::imbalance)
        sign_expected_ += 2.0 / (static_cast<double>(rule_.count) + 1.0) * (static_cast<double>(sign_) - sign_expected_);
    if (bar_.ticks == 0) {
        bar_.begin = tick.time;
        bar_.open = bar_.high = bar_.low = tick.bid;
    }
    bar_.end = tick.time;
    bar_.high = std::max(bar_.high, tick.bid);
    bar_.low = std::min(bar_.low, tick.bid);
    bar_.close = tick.bid;
    bar_.ask_close = tick.ask;
    bar_.volume += tick.bid_size + tick.ask_size;
    bar_.imbalance += sign_;
    ++bar_.ticks;
    if (!ended()) return false;
    out = bar_;
    begin_next();
    return true;
}

Result<EventBarReader> EventBarReader::open(const ports::SeriesStore& store, const std::string& symbol, const EventRule& rule) {
    constexpr std::size_t batch_rows = 65'536;
    TRY(auto ticks, store.open_ticks({symbol, Timeframe::ticks}, {}, batch_rows));
    return EventBarReader(std::move(ticks), symbol, rule);
}

Result<bool> EventBarReader::next(EventBar& bar) {
    while (true) {
        while (at_ < batch_.size()) {
            const Tick tick = batch_.tick(at_++);
            any_volume_ = any_volume_ || tick.bid_size.raw > 0 || tick.ask_size.raw > 0;
            if (builder_.add(tick, bar)) return true;
        }
        TRY(const bool more, ticks_->next(batch_));
        at_ = 0;
        if (more) continue;
        batch_.clear();
        if (rule_.kind == EventRule::Kind::volume && !any_volume_)
            return fail(ErrorCode::usage, fmt::format("the ticks of {} state no sizes, so they have no bars of volume; use ticks:1000", symbol_));
        return false;
    }
}

Result<std::int64_t> make_event_bars(const ports::SeriesStore& store, const std::string& symbol, const EventRule& rule,
                                     const std::function<Result<void>(const EventBar&)>& sink) {
    TRY(EventBarReader reader, EventBarReader::open(store, symbol, rule));
    EventBar bar;
    for (std::int64_t bars = 0;; ++bars) {
        TRY(const bool more, reader.next(bar));
        if (!more) return bars;
        TRY_VOID(sink(bar));
    }
}

Result<std::int64_t> export_event_bars(const ports::SeriesStore& store, const std::string& symbol, const EventRule& rule,
                                       const std::filesystem::path& out) {
    constexpr std::size_t text_bytes = 1 << 16;
    TRY(const SeriesInfo info, store.describe({symbol, Timeframe::ticks}));
    WholeFile file(out);
    std::string text = "time,close_time,open,high,low,close,ask_close,volume,ticks,imbalance\n";
    const auto price = [&](Price value) { return to_decimal(value, info.digits); };
    TRY(const std::int64_t bars, make_event_bars(store, symbol, rule, [&](const EventBar& b) -> Result<void> {
            text += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", to_iso8601(b.begin), to_iso8601(b.end), price(b.open), price(b.high),
                                price(b.low), price(b.close), price(b.ask_close), to_decimal(b.volume, 6), b.ticks, b.imbalance);
            if (text.size() < text_bytes) return {};
            TRY_VOID(file.write(text));
            text.clear();
            return {};
        }));
    TRY_VOID(file.write(text));
    TRY_VOID(file.finish());
    return bars;
}

}  // namespace aitrading::market
