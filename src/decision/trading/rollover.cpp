#include "decision/trading/rollover.hpp"

namespace aitrading::trading {
namespace {

constexpr std::int64_t floor_day(std::int64_t nanos) {
    return nanos / nanos_per_day - (nanos % nanos_per_day < 0 ? 1 : 0);
}

/// Day of the first Sunday on or after a date.
std::int64_t sunday_from(int year, int month, int day) {
    const std::int64_t days = days_from_civil(year, month, day);
    const std::int64_t days_since_sunday = ((days + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
    return days + (7 - days_since_sunday) % 7;
}

/// Whether 17:00 on this day falls into summer time. The clocks turn on a Sunday night, hours before.
bool summer_time(std::int64_t day) {
    const int year = to_civil({day * nanos_per_day}).year;
    const bool since_2007 = year >= 2007;
    const std::int64_t begin = since_2007 ? sunday_from(year, 3, 8) : sunday_from(year, 4, 1);
    const std::int64_t end = since_2007 ? sunday_from(year, 11, 1) : sunday_from(year, 10, 25);
    return day >= begin && day < end;
}

std::int64_t rollover_of(std::int64_t day) {
    return day * nanos_per_day + (summer_time(day) ? 21 : 22) * nanos_per_hour;
}

}  // namespace

UnixNanos next_rollover(UnixNanos time) {
    const std::int64_t day = floor_day(time.value);
    const std::int64_t today = rollover_of(day);
    return {today > time.value ? today : rollover_of(day + 1)};
}

int nights_charged(UnixNanos rollover) {
    switch (weekday(rollover)) {
        case 2: return 3;
        case 5:
        case 6: return 0;
        default: return 1;
    }
}

}  // namespace aitrading::trading
