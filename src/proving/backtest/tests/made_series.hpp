#pragma once

#include <algorithm>

#include "base/random.hpp"
#include "proving/backtest/driver.hpp"

namespace aitrading::backtest {

/// Hourly bars of a random walk around 1.1 with five digits.
inline BarColumns made_bars(std::size_t rows, std::uint64_t seed) {
    SplitMix64 random(seed);
    BarColumns bars;
    bars.key = {"EURUSD", Timeframe::h1};
    std::int64_t points = 110'000;
    const auto at = [](std::int64_t p) { return Price{p * 10'000}; };
    for (std::size_t i = 0; i < rows; ++i) {
        const auto step = [&](std::uint64_t most) { return static_cast<std::int64_t>(random.next_below(most)); };
        const std::int64_t open = points + step(21) - 10;
        points = std::clamp<std::int64_t>(open + step(301) - 150, 90'000, 130'000);
        bars.append({{1'500'000'000 * nanos_per_second + static_cast<std::int64_t>(i) * nanos_per_hour}, at(open),
                     at(std::max(open, points) + step(100)), at(std::min(open, points) - step(100)), at(points), {}});
    }
    return bars;
}

/// Quotes of a random walk, several a minute with silent stretches; the spread changes.
inline TickColumns made_ticks(std::size_t rows, std::uint64_t seed) {
    SplitMix64 random(seed);
    TickColumns ticks;
    ticks.key = {"EURUSD", Timeframe::ticks};
    std::int64_t bid = 110'000, time = 1'500'000'000 * nanos_per_second;
    for (std::size_t i = 0; i < rows; ++i) {
        bid = std::clamp<std::int64_t>(bid + static_cast<std::int64_t>(random.next_below(21)) - 10, 90'000, 130'000);
        const auto spread = static_cast<std::int64_t>(random.next_below(20));
        ticks.append({{time}, {bid * 10'000}, {(bid + spread) * 10'000}, {}, {}});
        time += static_cast<std::int64_t>(random.next_below(random.next_below(50) == 0 ? 400 : 20)) * nanos_per_second;
    }
    return ticks;
}

inline BarStream stream_of(BarColumns bars, std::size_t batch = 1'024) {
    return [bars = std::move(bars), batch](const ports::BarSink& sink) -> Result<void> {
        for (std::size_t i = 0; i < bars.size(); i += batch)
            if (!sink(bars.slice(i, std::min(bars.size(), i + batch)))) break;
        return {};
    };
}

inline TickStream stream_of(TickColumns ticks) {
    return [ticks = std::move(ticks)](const ports::TickSink& sink) -> Result<void> {
        sink(ticks);
        return {};
    };
}

/// Bars of both sides made from ticks without the engine's own builder: group, then first, greatest, least, last.
inline BarColumns grouped(const TickColumns& ticks, std::int64_t nanos, Timeframe timeframe) {
    BarColumns bars;
    bars.key = {ticks.key.symbol, timeframe};
    for (std::size_t i = 0; i < ticks.size();) {
        const std::int64_t begin = ticks.time[i].value / nanos * nanos;
        std::size_t end = i;
        while (end < ticks.size() && ticks.time[end].value < begin + nanos) ++end;
        const auto cut = [&](const std::vector<Price>& column) {
            return std::vector<Price>(column.begin() + static_cast<std::ptrdiff_t>(i),
                                      column.begin() + static_cast<std::ptrdiff_t>(end));
        };
        const std::vector<Price> bid = cut(ticks.bid), ask = cut(ticks.ask);
        bars.append({{begin}, bid.front(), std::ranges::max(bid), std::ranges::min(bid), bid.back(), {}});
        bars.ask_open.push_back(ask.front());
        bars.ask_high.push_back(std::ranges::max(ask));
        bars.ask_low.push_back(std::ranges::min(ask));
        bars.ask_close.push_back(ask.back());
        i = end;
    }
    return bars;
}

}  // namespace aitrading::backtest
