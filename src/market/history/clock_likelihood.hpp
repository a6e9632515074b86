#pragma once

#include <cstdint>

#include "market/calendar/market_week.hpp"
#include "market/history/clock_evidence.hpp"

namespace aitrading::market {

/// How well one week's traces fit a clock that is `ahead` minutes ahead of New York. The probabilities are rounded shares
/// of what brokers' and vendors' files show; a trace that fits no usual hour counts little, but the same for every clock.
class ClockLikelihood {
  public:
    /// @param fixed_open minute of the week at which the source begins each week on its own clock, whenever the market opened;
    ///        -1: weeks begin when the market does
    ClockLikelihood(MarketKind kind, std::int64_t step_minutes, std::int64_t fixed_open = -1)
        : kind_(kind), step_(step_minutes), fixed_open_(fixed_open) {}

    /// Natural logarithm, 0 for a week without traces. Traces depend on each other, so they count for 0.6 of what
    /// independent ones would.
    double log_of(const WeekSeen& week, std::int64_t ahead) const;

    double open(std::int64_t minute, std::int64_t ahead) const;
    double close(std::int64_t minute, std::int64_t ahead) const;
    double pause(const Pause& pause, std::int64_t ahead) const;
    double burst(std::int64_t minute, std::int64_t ahead) const;
    double decision(std::int64_t minute, std::int64_t ahead) const;

    /// A trace at least this likely is one of the usual hours.
    static constexpr double usual = 0.008;
    std::int64_t fixed_open() const { return fixed_open_; }
    bool is_daily_break(const Pause& pause, std::int64_t ahead) const { return this->pause(pause, ahead) > 0.5; }
    bool is_payrolls(std::int64_t minute, std::int64_t ahead) const { return burst(minute, ahead) > 0.2; }
    bool is_rate_decision(std::int64_t minute, std::int64_t ahead) const { return decision(minute, ahead) > 0.15; }

  private:
    MarketKind kind_;
    std::int64_t step_, fixed_open_;
};

}  // namespace aitrading::market
