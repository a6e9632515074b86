#pragma once

#include <cmath>
#include <numbers>

#include "insight/features/feature_group.hpp"

namespace aitrading::insight {

/// Hours that New York's clock is ahead of UTC on a UTC day: -4 in summer time, else -5.
/// Rule of 2007 on (second Sunday of March to first of November), before it that of 1987 (April to October).
int new_york_offset_hours(std::int64_t day);

/// Time of the day at which the next bar begins, and day of the week of this one, in UTC.
class CalendarFeatures {
  public:
    explicit CalendarFeatures(Timeframe timeframe);
    void describe(Catalogue& c) const;
    double* update(const Moment& m, double* out);

  private:
    /// True where the next bar touches 17:00 to 19:00 in New York, when spreads open and swaps are booked.
    bool rollover(UnixNanos next);
    std::int64_t length_;
    bool intraday_, daily_;
    std::int64_t day_ = -1;
    int offset_hours_ = -5;
};

}  // namespace aitrading::insight
