#include "market/simulator/ticks.hpp"

#include <algorithm>
#include <cmath>

#include "base/time.hpp"

namespace aitrading::market {
namespace {

constexpr std::int64_t ms_per_minute = 60'000;
constexpr std::int64_t ms_per_hour = 60 * ms_per_minute;
constexpr std::int64_t ms_per_day = 24 * ms_per_hour;
constexpr std::int64_t ms_per_week = 7 * ms_per_day;
constexpr std::int64_t weekend_ms = 2 * ms_per_day;
constexpr std::int64_t first_open_ms = days_from_civil(2017, 1, 1) * ms_per_day + 22 * ms_per_hour;
constexpr std::int64_t nanos_per_ms = 1'000'000;
constexpr std::int64_t raw_per_point = Price::scale / 100'000;
constexpr double anchor_points = 110'000;
/// Share of the distance to the anchor that one tick takes back: half of it in about 20 million ticks (a year).
constexpr double pull = 3.4e-8;

/// Ticks per second and volatility by UTC hour, as multiples of the day's mean: quiet in Asia, London from 7, New York
/// from 13, nearly nothing at the rollover.
constexpr std::array<double, 24> activity{0.55, 0.55, 0.50, 0.45, 0.45, 0.55, 0.95, 1.45, 1.55, 1.40, 1.30, 1.20,
                                          1.45, 1.85, 1.90, 1.75, 1.40, 1.05, 0.85, 0.80, 0.65, 0.30, 0.45, 0.55};
/// Usual spread in points by UTC hour.
constexpr std::array<std::int64_t, 24> spread_by_hour{5, 4, 4, 4, 4, 4, 3, 3, 2, 2, 2, 2,
                                                      2, 2, 2, 2, 3, 3, 3, 4, 6, 18, 9, 6};
constexpr double mean_wait_ms = 1'000;
/// 0.5 % of 110,000 points over the square root of 80,000 ticks.
constexpr double mean_step_points = 1.95;

constexpr int table_bits = 10;
constexpr std::size_t table_size = std::size_t{1} << table_bits;

/// Quantiles in equal steps of probability: a draw is one look-up.
struct Quantiles {
    std::array<double, table_size> wait;  ///< exponential, mean 1
    std::array<double, table_size> step;  ///< Laplace, variance 1: fatter tails than the normal's
    std::array<double, table_size> size;  ///< log-normal about 1 million, whole multiples of 100,000
};

Quantiles make_quantiles() {
    Quantiles q{};
    for (std::size_t i = 0; i < table_size; ++i) {
        const double p = (static_cast<double>(i) + 0.5) / table_size;
        q.wait[i] = -std::log(1.0 - p);
        const double side = p < 0.5 ? -1.0 : 1.0;
        q.step[i] = -side * std::log(2.0 * std::min(p, 1.0 - p)) / std::sqrt(2.0);
        const double logistic = std::log(p / (1.0 - p)) * 0.45;  // close to a normal of standard deviation 0.8
        q.size[i] = std::max(1.0, std::round(10.0 * std::exp(logistic))) * 100'000;
    }
    return q;
}

const Quantiles quantiles = make_quantiles();

/// The next `table_bits` bits of a word as an index.
std::size_t take(std::uint64_t& word) {
    const std::uint64_t index = word & (table_size - 1);
    word >>= table_bits;
    return index;
}

}  // namespace

TickSimulator::TickSimulator(std::uint64_t seed) : random_(seed), ms_(first_open_ms) { begin_minute(); }

void TickSimulator::begin_minute() {
    minute_end_ = (ms_ / ms_per_minute + 1) * ms_per_minute;
    log_volatility_ = 0.995 * log_volatility_ + 0.04 * random_.next_normal();  // standard deviation 0.4
    const auto hour = static_cast<std::size_t>(ms_ / ms_per_hour % 24);
    const double slow = std::exp(log_volatility_);
    wait_ms_ = mean_wait_ms / (activity[hour] * std::sqrt(slow));
    // The rate follows the hour too; what is left for the step keeps a busy hour about twice as volatile per minute.
    step_points_ = mean_step_points * std::sqrt(activity[hour]) * slow;
    const double widened = static_cast<double>(spread_by_hour[hour]) * std::max(1.0, slow);
    usual_spread_ = std::llround(widened);
    if (spread_ == 0) spread_ = usual_spread_;
}

std::int64_t TickSimulator::skip_weekend(std::int64_t ms) const {
    const std::int64_t into_week = (ms - first_open_ms) % ms_per_week;
    constexpr std::int64_t open_ms = ms_per_week - weekend_ms;
    return into_week < open_ms ? ms : ms - into_week + ms_per_week + (into_week - open_ms) % ms_per_minute;
}

Tick TickSimulator::next() {
    std::uint64_t bits = random_.next();
    ms_ += 1 + static_cast<std::int64_t>(wait_ms_ * quantiles.wait[take(bits)]);
    if (ms_ >= minute_end_) {
        ms_ = skip_weekend(ms_);
        begin_minute();
    }
    mid_points_ += step_points_ * quantiles.step[take(bits)] + pull * (anchor_points - mid_points_);
    const double bid_size = quantiles.size[take(bits)];
    const double ask_size = quantiles.size[take(bits)];
    // One tick in four changes the spread: by a point or two about the usual, now and then (1/256) to thrice of it.
    if ((bits & 3U) == 0) {
        const std::uint64_t kind = bits >> 2 & 63U;
        spread_ = kind == 0 ? 3 * usual_spread_ : usual_spread_ + static_cast<std::int64_t>(kind % 4) - 1;
        spread_ = std::max<std::int64_t>(1, spread_);
    }
    const auto bid = static_cast<std::int64_t>(mid_points_) - spread_ / 2;
    return {{ms_ * nanos_per_ms},
            {bid * raw_per_point},
            {(bid + spread_) * raw_per_point},
            {static_cast<std::int64_t>(bid_size) * Quantity::scale},
            {static_cast<std::int64_t>(ask_size) * Quantity::scale}};
}

}  // namespace aitrading::market
