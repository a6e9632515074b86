#pragma once

#include <cmath>

#include "base/random.hpp"
#include "domain/market.hpp"

namespace aitrading::insight {

/// A random walk with changing volatility, weekends and a few missing bars; prices on a grid of 1e-5.
inline BarColumns made_bars(Timeframe timeframe, std::size_t rows, std::uint64_t seed, bool volume = true) {
    SplitMix64 random(seed);
    BarColumns bars;
    bars.key = {"EURUSD", timeframe};
    const std::int64_t length = duration_nanos(timeframe);
    UnixNanos time{days_from_civil(2018, 1, 1) * nanos_per_day};
    double level = 1.2, log_sigma = std::log(5e-4);
    while (bars.size() < rows) {
        const bool weekend = length < nanos_per_day && weekday(time) >= 5;
        const bool missing = random.next_uniform() < 0.01;
        if (!weekend && !missing) {
            log_sigma += 0.05 * random.next_normal() - 0.02 * (log_sigma - std::log(5e-4));
            const double sigma = std::exp(log_sigma);
            const auto price = [](double x) { return Price{std::llround(x * 1e5) * 10'000}; };
            const double open = level * std::exp(0.1 * sigma * random.next_normal());
            level = open * std::exp(sigma * random.next_normal());
            const double top = std::fmax(open, level) * (1 + 0.5 * sigma * random.next_uniform());
            const double bottom = std::fmin(open, level) * (1 - 0.5 * sigma * random.next_uniform());
            const auto count = volume ? static_cast<std::int64_t>(random.next_below(1000)) : 0;
            bars.append({time, price(open), price(top), price(bottom), price(level), Quantity{count * 1'000'000}});
        }
        time.value += length;
    }
    return bars;
}

}  // namespace aitrading::insight
