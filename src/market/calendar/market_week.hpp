#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/time.hpp"

namespace aitrading::market {

/// How an instrument's trading week looks, as far as its symbol tells.
enum class MarketKind : std::uint8_t {
    currency,       ///< Sunday 17:00 to Friday 17:00 New York, no daily break
    daily_break,    ///< metals, indices, energy: Sunday 18:00 to Friday 17:00, closed from 17:00 to 18:00 each day
    around_clock,   ///< crypto: every day of the year
    unknown,
};

std::string_view name(MarketKind kind);
/// The kind that a symbol usually belongs to; `unknown` where it does not tell.
MarketKind market_kind(std::string_view symbol);

/// Minutes of the New York week, which begins on Saturday 12:00 (inside every weekend, whatever clock a file has).
inline constexpr std::int64_t minutes_per_day = 1'440, minutes_per_week = 7 * minutes_per_day;
inline constexpr std::int64_t week_open_minute = 29 * 60;    ///< Sunday 17:00
inline constexpr std::int64_t week_close_minute = 149 * 60;  ///< Friday 17:00
inline constexpr std::int64_t break_from_minute = 17 * 60, break_to_minute = 18 * 60;  ///< of the day
inline constexpr std::int64_t payrolls_minute = 8 * 60 + 30;                           ///< of the day

/// Number of the week that a wall time lies in, and the wall minute at which that week begins.
std::int64_t week_of(std::int64_t wall_minutes);
std::int64_t week_begin(std::int64_t week);

/// Whether trading is expected at an instant. Holidays: 25 December and 1 January in New York, the hours before them from
/// 13:00, and Good Friday; for markets with a daily break also the afternoons (from 12:00) of the United States' bank
/// holidays. A market of unknown kind is expected to be open when both currencies and metals are.
class TradingWeek {
  public:
    explicit TradingWeek(MarketKind kind) : kind_(kind) {}
    bool open_at(UnixNanos time) const;

  private:
    MarketKind kind_;
};

/// How much of a span trading is expected in. Counted in half hours of the UTC clock, on which all openings and closings of a TradingWeek lie; beyond
/// a year all time counts. @complexity O(half hours)
std::chrono::nanoseconds open_time(const TradingWeek& week, TimeRange span);

/// Easter Sunday of a year, in days since 1970-01-01. Source: Anonymous Gregorian algorithm (Meeus, Jones, Butcher).
std::int64_t easter_sunday(int year);

}  // namespace aitrading::market
