#include "market/history/resample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.hpp"

namespace aitrading::market {
namespace {

/// One side of a bar series by reference.
struct Side {
    std::vector<Price>&open, &high, &low, &close;
    void begin(Price o, Price h, Price l, Price c) const {
        open.push_back(o);
        high.push_back(h);
        low.push_back(l);
        close.push_back(c);
    }
    void extend(Price h, Price l, Price c) const {
        high.back() = std::max(high.back(), h);
        low.back() = std::min(low.back(), l);
        close.back() = c;
    }
};

Side bid_of(BarColumns& b) { return {b.open, b.high, b.low, b.close}; }
Side ask_of(BarColumns& b) { return {b.ask_open, b.ask_high, b.ask_low, b.ask_close}; }

constexpr int price_digits_max = 9;

Price mean_of(Price bid, Price ask) { return {bid.raw + (ask.raw - bid.raw) / 2}; }

}  // namespace

BarColumns mid_bars(const BarColumns& in) {
    CHECK(in.has_ask());
    BarColumns out;
    out.key = in.key;
    out.digits = std::min(in.digits + 1, price_digits_max);
    out.reserve(in.size());
    for (std::size_t i = 0; i < in.size(); ++i) {
        out.append({in.time[i], mean_of(in.open[i], in.ask_open[i]), mean_of(in.high[i], in.ask_high[i]),
                    mean_of(in.low[i], in.ask_low[i]), mean_of(in.close[i], in.ask_close[i]), in.volume[i]});
        out.spread.push_back(in.ask_close[i] - in.close[i]);
    }
    return out;
}

BarResampler::BarResampler(const SeriesKey& from, Timeframe to, int digits, DayStart day, Prices prices)
    : day_(day), prices_(prices) {
    CHECK(duration_nanos(from.timeframe) <= duration_nanos(to));
    out_.key = {from.symbol, to};
    out_.digits = prices == Prices::mid ? std::min(digits + 1, price_digits_max) : digits;
}

bool BarResampler::same_bar(UnixNanos time) {
    if (time >= begin_ && time < end_) return true;
    const TimeRange span = bar_span(time, out_.key.timeframe, day_);
    begin_ = span.from;
    end_ = span.to;
    out_.time.push_back(begin_);
    out_.volume.push_back({});
    return false;
}

void BarResampler::add(const BarColumns& both) {
    BarColumns mid;
    if (prices_ == Prices::mid) mid = mid_bars(both);
    const BarColumns& in = prices_ == Prices::mid ? mid : both;
    out_.digits = std::max(out_.digits, in.digits);
    for (std::size_t i = 0; i < in.size(); ++i) {
        const bool same = same_bar(in.time[i]);
        out_.volume.back() += in.volume[i];
        if (same)
            bid_of(out_).extend(in.high[i], in.low[i], in.close[i]);
        else
            bid_of(out_).begin(in.open[i], in.high[i], in.low[i], in.close[i]);
        if (in.has_ask() && same) ask_of(out_).extend(in.ask_high[i], in.ask_low[i], in.ask_close[i]);
        if (in.has_ask() && !same) ask_of(out_).begin(in.ask_open[i], in.ask_high[i], in.ask_low[i], in.ask_close[i]);
        if (!in.has_spread()) continue;
        if (!same) out_.spread.push_back({});
        out_.spread.back() = in.spread[i];
    }
}

void BarResampler::add_mid(const TickColumns& in) {
    out_.digits = std::max(out_.digits, std::min(in.digits + 1, price_digits_max));
    for (std::size_t i = 0; i < in.size(); ++i) {
        const Price mid = mean_of(in.bid[i], in.ask[i]);
        if (same_bar(in.time[i])) {
            bid_of(out_).extend(mid, mid, mid);
        } else {
            bid_of(out_).begin(mid, mid, mid, mid);
            out_.spread.push_back({});
        }
        out_.spread.back() = in.ask[i] - in.bid[i];
        out_.volume.back() += Quantity{Quantity::scale};
    }
}

void BarResampler::add(const TickColumns& in) {
    if (prices_ == Prices::mid) return add_mid(in);
    out_.digits = std::max(out_.digits, in.digits);
    for (std::size_t i = 0; i < in.size(); ++i) {
        const Price bid = in.bid[i], ask = in.ask[i];
        if (same_bar(in.time[i])) {
            bid_of(out_).extend(bid, bid, bid);
            ask_of(out_).extend(ask, ask, ask);
        } else {
            bid_of(out_).begin(bid, bid, bid, bid);
            ask_of(out_).begin(ask, ask, ask, ask);
        }
        out_.volume.back() += Quantity{Quantity::scale};
    }
}

BarColumns BarResampler::take() { return std::move(out_); }

Result<SeriesInfo> resample_stored(ports::SeriesStore& store, const SeriesKey& from, Timeframe to,
                                   const ResampleOptions& options) {
    constexpr std::size_t batch_rows = 65'536;
    const SeriesKey key{options.symbol.empty() ? from.symbol : options.symbol, to};
    const bool longer = duration_nanos(from.timeframe) < duration_nanos(to);
    const bool same_length = from.timeframe == to && to != Timeframe::ticks && options.prices == Prices::mid && key != from;
    if (!longer && !same_length)
        return fail(ErrorCode::usage,
                    fmt::format("{} cannot be made from {}: only longer bars from shorter ones or ticks, or the mid of a series "
                                "under another name (--price mid --as NAME)",
                                name(to), name(from.timeframe)));
    TRY(const SeriesInfo info, store.describe(from));
    if (options.prices == Prices::mid && from.timeframe != Timeframe::ticks && !info.has_ask)
        return fail(ErrorCode::usage, fmt::format("{} has one side only, so it has no mid; import bid and ask", to_string(from)));
    BarResampler resampler({key.symbol, from.timeframe}, to, info.digits, options.day, options.prices);
    const auto add = [&](const auto& batch) {
        resampler.add(batch);
        return true;
    };
    TRY_VOID(from.timeframe == Timeframe::ticks ? store.stream_ticks(from, {}, batch_rows, add)
                                                : store.stream_bars(from, {}, batch_rows, add));
    TRY_VOID(store.replace_bars(resampler.take()));
    return store.describe(key);
}

}  // namespace aitrading::market
