#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "insight/correlation/hayashi_yoshida.hpp"

namespace aitrading::insight::testing_brownian {

struct PairOptions {
    std::uint64_t seed = 1;
    double correlation = 0.7, seconds = 3600;
    double rate_first = 1, rate_second = 1.0 / 3;  ///< Poisson ticks a second
    double lag = 0;                                ///< seconds by which the second shows what it follows
    bool whole_seconds = false;                    ///< times rounded up, so that both often tick at one instant
};

struct BrownianPair {
    TickPath first, second;
};

inline std::vector<double> poisson_times(SplitMix64& random, double rate, const PairOptions& o) {
    std::vector<double> out;
    double t = 0;
    while (true) {
        t -= std::log(1 - random.next_uniform()) / rate;
        if (t >= o.seconds) return out;
        const double time = o.whole_seconds ? std::ceil(t) : t;
        if (out.empty() || time > out.back()) out.push_back(time);
    }
}

/// Two correlated Brownian motions of unit variance an hour, seen at Poisson times of their own.
inline BrownianPair brownian_pair(const PairOptions& o) {
    SplitMix64 random(derive_seed(o.seed, 77));
    struct Tick {
        double clock, seen;
        int market;
    };
    std::vector<Tick> ticks;
    for (const double t : poisson_times(random, o.rate_first, o)) ticks.push_back({t, t, 0});
    for (const double t : poisson_times(random, o.rate_second, o)) ticks.push_back({t - o.lag, t, 1});
    std::ranges::stable_sort(ticks, {}, &Tick::clock);
    BrownianPair out;
    double x = 0, y = 0, before = -o.lag;
    for (const Tick& tick : ticks) {
        const double scale = std::sqrt(std::max(0.0, tick.clock - before) / 3600), common = random.next_normal(), own = random.next_normal();
        x += scale * common;
        y += scale * (o.correlation * common + std::sqrt(1 - o.correlation * o.correlation) * own);
        before = tick.clock;
        TickPath& path = tick.market == 0 ? out.first : out.second;
        path.time.push_back({static_cast<std::int64_t>(std::llround(tick.seen * 1e9))});
        path.log_price.push_back(tick.market == 0 ? x : y);
    }
    return out;
}

/// Pearson correlation of changes on a grid on which each market shows its previous tick.
inline double previous_tick_correlation(const BrownianPair& pair, double grid_seconds) {
    double xx = 0, yy = 0, xy = 0, last_x = NAN, last_y = NAN;
    std::size_t i = 0, j = 0;
    const std::int64_t end = std::max(pair.first.time.back().value, pair.second.time.back().value);
    for (std::int64_t now = 0; now <= end; now += static_cast<std::int64_t>(grid_seconds * 1e9)) {
        while (i < pair.first.size() && pair.first.time[i].value <= now) ++i;
        while (j < pair.second.size() && pair.second.time[j].value <= now) ++j;
        if (i == 0 || j == 0) continue;
        const double x = pair.first.log_price[i - 1], y = pair.second.log_price[j - 1];
        if (!std::isnan(last_x)) xx += (x - last_x) * (x - last_x), yy += (y - last_y) * (y - last_y), xy += (x - last_x) * (y - last_y);
        last_x = x, last_y = y;
    }
    return xy / std::sqrt(xx * yy);
}

}  // namespace aitrading::insight::testing_brownian
