#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.hpp"
#include "domain/market.hpp"

namespace aitrading::market {

/// Where days, and with them weeks and months, begin; shorter bars begin on the UTC clock under either.
/// `utc`: at midnight, weeks on Monday: the two or three hours of a Sunday evening are a bar of their own and end the week
/// before. `new_york`: at 17:00 in New York, as the FX day does, in summer and winter: a Sunday evening from 17:00 on belongs
/// to Monday's bar and begins the week, so that a week has five days.
enum class DayStart : std::uint8_t { utc, new_york };

/// What is usual for a symbol: UTC for markets that never close (crypto), else New York.
DayStart usual_day_start(std::string_view symbol);

/// Opening time of the bar of `to` that holds the instant. Boundaries are those of the UTC clock; a week begins on Monday
/// 00:00 UTC, a month on its first. @pre to is not ticks
UnixNanos bar_begin(UnixNanos time, Timeframe to);

/// Both ends of that bar, for either start of the day. @pre to is not ticks   @complexity some look-ups of a time zone
TimeRange bar_span(UnixNanos time, Timeframe to, DayStart day);

}  // namespace aitrading::market
