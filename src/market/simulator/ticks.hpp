#pragma once

#include <array>
#include <cstdint>

#include "base/random.hpp"
#include "domain/market.hpp"

namespace aitrading::market {

/// Quotes of a made-up EURUSD for load and for exercise: it has the texture of a real feed and no edge to be learnt.
///
/// - Time: whole milliseconds, strictly increasing, from Sunday 2017-01-01 22:00 UTC; no tick from Friday 22:00 to
///   Sunday 22:00. Waits are exponential, their rate follows the hour (about 80,000 ticks a day).
/// - Price: one mid with fat-tailed steps, its volatility by hour and by a slow AR(1) in its logarithm (about 0.5 % a
///   day), held near 1.10 by a pull with a half-life of about a year.
/// - Spread: whole points, wide at the rollover and in volatile minutes, never below one point; it is kept for most
///   ticks, so that bid and ask mostly move together, and changes on one side otherwise.
/// - Sizes: multiples of 100,000 units.
///
/// Deterministic for a seed. @complexity O(1) for a tick, no allocation
class TickSimulator {
  public:
    static constexpr int digits = 5;

    explicit TickSimulator(std::uint64_t seed);
    Tick next();

  private:
    void begin_minute();
    std::int64_t skip_weekend(std::int64_t ms) const;

    SplitMix64 random_;
    std::int64_t ms_;              ///< UNIX milliseconds of the last tick
    std::int64_t minute_end_ = 0;  ///< first millisecond for which the numbers below no longer hold
    double mid_points_ = 110'000;
    double log_volatility_ = 0;    ///< slow part
    double step_points_ = 0;       ///< standard deviation of one tick's step, this minute
    double wait_ms_ = 0;           ///< mean wait, this minute
    std::int64_t usual_spread_ = 0;  ///< points, this minute
    std::int64_t spread_ = 0;
};

}  // namespace aitrading::market
