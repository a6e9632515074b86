#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>

#include "base/random.hpp"
#include "base/time.hpp"
#include "domain/market.hpp"

namespace aitrading::models {

/// Hourly bars of a random walk without a weekend, volumes that follow the moves.
/// @param deviation of the bar's log return, by its time
inline BarColumns walk_bars(std::size_t count, std::uint64_t seed, const std::function<double(const CivilTime&)>& deviation = [](const CivilTime&) { return 5e-4; }) {
    BarColumns bars;
    bars.key = {"TEST", Timeframe::h1};
    bars.digits = 5;
    SplitMix64 random(seed);
    double close = 1.2;
    std::int64_t time = from_civil({2015, 1, 5}).value;
    const auto round = [](double price) { return std::round(price * 1e5) / 1e5; };
    for (std::size_t i = 0; i < count; ++i, time += nanos_per_hour) {
        const double open = close, size = deviation(to_civil(UnixNanos{time}));
        close = round(open * std::exp(size * random.next_normal()));
        const double high = round(std::max(open, close) * std::exp(0.5 * size * random.next_uniform()));
        const double low = round(std::min(open, close) * std::exp(-0.5 * size * random.next_uniform()));
        const double volume = std::round(1'000 * (1 + 1e3 * std::abs(close - open)) * (1 + random.next_uniform()));
        bars.append({UnixNanos{time}, Price::from_double(open), Price::from_double(high), Price::from_double(low), Price::from_double(close),
                     Quantity::from_double(volume)});
    }
    return bars;
}

}  // namespace aitrading::models
