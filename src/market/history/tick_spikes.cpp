#include "market/history/tick_spikes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "market/history/suspects.hpp"

namespace aitrading::market {

double TickSpikes::Side::deviation(int digits) {
    if (seen_ >= known_at_ + refresh || (known_at_ < window && seen_ >= 2 * known_at_)) {
        std::array<std::int64_t, window> sorted = changes_;
        const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(seen_, window));
        const auto middle = sorted.begin() + (end - sorted.begin()) / 2;
        std::nth_element(sorted.begin(), middle, end);
        deviation_ = 1.4826 * static_cast<double>(*middle);
        known_at_ = seen_;
    }
    std::int64_t point = 1;
    for (int i = digits; i < 9; ++i) point *= 10;
    return std::max(deviation_, static_cast<double>(point));
}

std::optional<TickSpike> TickSpikes::Side::see(Price price, UnixNanos time, std::int64_t row, int digits) {
    constexpr std::int64_t ticks_max = 5, away_max = nanos_per_minute, pause = 5 * nanos_per_minute;
    const bool judged = any_ && time.value - last_.value < pause && seen_ >= changes_min;
    const std::int64_t change = std::abs(price.raw - level_.raw);
    last_ = time;
    if (away_) {
        const std::int64_t leap = std::abs(spike_.far.raw - level_.raw);
        if (4 * change <= leap) {
            away_ = false;
            spike_.after = level_ = price;
            return spike_;
        }
        if (++spike_.ticks <= ticks_max && time.value - spike_.time.value <= away_max) {
            if (change > leap) spike_.far = price;
            return std::nullopt;
        }
        away_ = false;  // it stays there: a move
    } else if (judged && change > 0) {
        const double z = static_cast<double>(change) / deviation(digits);
        if (z > spike_deviations) {
            away_ = true;
            spike_ = {row, 1, time, price, level_, {}, z};
            return std::nullopt;
        }
    }
    if (any_ && change > 0) changes_[seen_++ % window] = change;
    any_ = true;
    level_ = price;
    return std::nullopt;
}

std::optional<TickSpike> TickSpikes::see(const Tick& tick, std::int64_t row, int digits) {
    const auto bid = bid_.see(tick.bid, tick.time, row, digits), ask = ask_.see(tick.ask, tick.time, row, digits);
    return bid && (!ask || bid->deviations >= ask->deviations) ? bid : ask;
}

std::string describe(const TickSpike& spike, int digits) {
    return fmt::format("{}: {} lies {:.0f} robust deviations from the prices around ({} and {}) for {} tick{}", to_iso8601(spike.time),
                       to_decimal(spike.far, digits), spike.deviations, to_decimal(spike.before, digits), to_decimal(spike.after, digits),
                       spike.ticks, spike.ticks == 1 ? "" : "s");
}

}  // namespace aitrading::market
