#pragma once

#include <cstdint>

namespace aitrading::market {

/// Minute of the day in New York at which the Federal Reserve publishes its decision on rates (since 2013).
inline constexpr std::int64_t rate_decision_minute = 14 * 60;

/// Whether the Federal Open Market Committee published a scheduled decision on this date of New York. Known: 2013 to 2025; other
/// years have none here. Source: federalreserve.gov, "FOMC calendars"; from 2013 to 2019-05 they are those of the recorded
/// economic calendar (`recorded_calendar_slow_test`).
/// @param day days since 1970-01-01   @complexity O(log decisions)
bool is_rate_decision_day(std::int64_t day);

}  // namespace aitrading::market
