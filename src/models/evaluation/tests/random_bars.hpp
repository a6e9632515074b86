#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/random.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"

namespace aitrading::models {

/// Hourly bars of a plain random walk on a coarse grid, so that equal closes occur; gaps at "weekends".
inline BarColumns random_bars(std::size_t count, std::uint64_t seed, Timeframe timeframe = Timeframe::h1) {
    BarColumns bars;
    bars.key = {"TEST", timeframe};
    bars.digits = 4;
    SplitMix64 random(seed);
    double close = 1.2;
    std::int64_t time = from_civil({2015, 1, 5}).value;
    for (std::size_t i = 0; i < count; ++i) {
        const double open = close;
        double high = open, low = open;
        for (int step = 0; step < 4; ++step) {
            close = std::round((close + 4e-4 * random.next_normal()) * 1e4) / 1e4;
            high = std::max(high, close);
            low = std::min(low, close);
        }
        bars.append({UnixNanos{time}, Price::from_double(open), Price::from_double(high),
                     Price::from_double(low), Price::from_double(close), Quantity::from_double(1)});
        time += duration_nanos(timeframe) * (i % 120 == 119 ? 49 : 1);
    }
    return bars;
}

/// Labels of random lengths up to `horizon`, some rows left out.
inline LabelSet random_labels(std::size_t rows, int horizon, std::uint64_t seed) {
    LabelSet labels;
    labels.spec = "random";
    labels.directional = true;
    labels.horizon_bars = horizon;
    SplitMix64 random(seed);
    for (std::size_t i = 0; i + static_cast<std::size_t>(horizon) < rows; ++i) {
        if (random.next_uniform() < 0.1) continue;
        labels.row.push_back(static_cast<std::uint32_t>(i));
        labels.end.push_back(
            static_cast<std::uint32_t>(i + 1 + random.next_below(static_cast<std::uint64_t>(horizon))));
        labels.y.push_back(random.next_uniform() < 0.5 ? 1.0F : 0.0F);
        labels.target.push_back(random.next_normal());
        labels.weight.push_back(1.0);
    }
    return labels;
}

}  // namespace aitrading::models
