#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aitrading {

/// Nanoseconds since 1970-01-01T00:00:00Z, without leap seconds. Reaches from 1677 to 2262.
struct UnixNanos {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(UnixNanos, UnixNanos) = default;
};

inline constexpr std::int64_t nanos_per_second = 1'000'000'000;
inline constexpr std::int64_t nanos_per_minute = 60 * nanos_per_second;
inline constexpr std::int64_t nanos_per_hour = 60 * nanos_per_minute;
inline constexpr std::int64_t nanos_per_day = 24 * nanos_per_hour;

/// Half-open span of time [from, to).
struct TimeRange {
    UnixNanos from{std::numeric_limits<std::int64_t>::min()};
    UnixNanos to{std::numeric_limits<std::int64_t>::max()};
    constexpr bool contains(UnixNanos t) const { return from <= t && t < to; }
};

/// Proleptic Gregorian calendar date and time of day, no zone.
struct CivilTime {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, nanosecond = 0;
};

/// Days since 1970-01-01. @pre month in 1..12, day in 1..31
/// Source: Hinnant, "chrono-compatible low-level date algorithms".
constexpr std::int64_t days_from_civil(int year, int month, int day) {
    const int y = month <= 2 ? year - 1 : year;
    const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
    const auto yoe = static_cast<unsigned>(y - era * 400);
    const auto doy = static_cast<unsigned>((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1);
    const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + static_cast<std::int64_t>(doe) - 719468;
}

/// The instant whose UTC clock shows `civil`. @pre the fields are in range (see valid)
UnixNanos from_civil(const CivilTime& civil);
/// The UTC clock at an instant.
CivilTime to_civil(UnixNanos time);
/// True where the date exists and the time of day is within 00:00:00 .. 23:59:59.999999999.
bool valid(const CivilTime& civil);
/// Day of the week in UTC, 0 = Monday .. 6 = Sunday.
int weekday(UnixNanos time);

/// ISO 8601 UTC with as many fractional digits (0, 3, 6 or 9) as the value needs: 2019-05-31T20:00:00Z.
std::string to_iso8601(UnixNanos time);
/// Accepts `YYYY-MM-DD`, `YYYY-MM-DD[T ]HH:MM[:SS[.fraction]][Z|+HH:MM|-HH:MM]`; without an offset: UTC.
/// @errors bad_input
Result<UnixNanos> parse_iso8601(std::string_view text);

}  // namespace aitrading
