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

}  // namespace

UnixNanos bar_begin(UnixNanos time, Timeframe to) {
    const std::int64_t step = duration_nanos(to);
    CHECK(step > 0);
    // 1970-01-01 was a Thursday: weeks begin four days later.
    const std::int64_t origin = to == Timeframe::w1 ? 4 * nanos_per_day : 0;
    const std::int64_t since = time.value - origin;
    return {time.value - ((since % step) + step) % step};
}

BarResampler::BarResampler(const SeriesKey& from, Timeframe to, int digits) {
    CHECK(duration_nanos(from.timeframe) < duration_nanos(to));
    out_.key = {from.symbol, to};
    out_.digits = digits;
}

bool BarResampler::same_bar(UnixNanos time) {
    if (time >= begin_ && time < end_) return true;
    begin_ = bar_begin(time, out_.key.timeframe);
    end_ = {begin_.value + duration_nanos(out_.key.timeframe)};
    out_.time.push_back(begin_);
    out_.volume.push_back({});
    return false;
}

void BarResampler::add(const BarColumns& in) {
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

void BarResampler::add(const TickColumns& in) {
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

Result<SeriesInfo> resample_stored(ports::SeriesStore& store, const SeriesKey& from, Timeframe to) {
    constexpr std::size_t batch_rows = 65'536;
    if (to == Timeframe::ticks || duration_nanos(from.timeframe) >= duration_nanos(to))
        return fail(ErrorCode::usage, fmt::format("{} cannot be made from {}: only longer bars from shorter ones or ticks",
                                                  name(to), name(from.timeframe)));
    TRY(const SeriesInfo info, store.describe(from));
    BarResampler resampler(from, to, info.digits);
    if (from.timeframe == Timeframe::ticks) {
        TRY_VOID(store.stream_ticks(from, {}, batch_rows, [&](const TickColumns& batch) {
            resampler.add(batch);
            return true;
        }));
    } else {
        TRY_VOID(store.stream_bars(from, {}, batch_rows, [&](const BarColumns& batch) {
            resampler.add(batch);
            return true;
        }));
    }
    const SeriesKey key{from.symbol, to};
    TRY_VOID(store.replace_bars(resampler.take()));
    return store.describe(key);
}

}  // namespace aitrading::market
