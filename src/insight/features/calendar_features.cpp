#include "insight/features/calendar_features.hpp"

namespace aitrading::insight {
namespace {

/// Day of the `nth` Sunday of a month (from 1), or of the last one for nth = 0, as days since 1970.
std::int64_t sunday(int year, int month, int nth) {
    const std::int64_t first = nth > 0 ? days_from_civil(year, month, 1) : days_from_civil(year, month + 1, 1) - 7;
    const int weekday_first = weekday({first * nanos_per_day});
    return first + (6 - weekday_first) + (nth > 1 ? 7 * (nth - 1) : 0);
}

std::int64_t floor_day(UnixNanos t) {
    return t.value / nanos_per_day - (t.value % nanos_per_day < 0 ? 1 : 0);
}

double turn_of(double share) { return 2 * std::numbers::pi * share; }

}  // namespace

int new_york_offset_hours(std::int64_t day) {
    const int year = to_civil({day * nanos_per_day}).year;
    const std::int64_t begin = year >= 2007 ? sunday(year, 3, 2) : sunday(year, 4, 1);
    const std::int64_t end = year >= 2007 ? sunday(year, 11, 1) : sunday(year, 10, 0);
    return day >= begin && day < end ? -4 : -5;
}

CalendarFeatures::CalendarFeatures(Timeframe timeframe)
    : length_(duration_nanos(timeframe)),
      intraday_(length_ < nanos_per_day),
      daily_(length_ <= nanos_per_day) {}

void CalendarFeatures::describe(Catalogue& c) const {
    c.group("calendar");
    const auto add = [&](bool there, const char* name, const char* meaning, const char* reason) {
        there ? c.add(name, meaning) : c.absent(name, reason);
    };
    const char* const no_hour = "a bar is not shorter than a day";
    add(intraday_, "hour", "hour (0-23, UTC) in which the next bar begins", no_hour);
    add(intraday_, "hour_sin", "sine of the time of day at which the next bar begins", no_hour);
    add(intraday_, "hour_cos", "cosine of the time of day at which the next bar begins", no_hour);
    add(intraday_, "rollover", "1 where the next bar touches 17:00-19:00 in New York", no_hour);
    const char* const no_day = "a bar is longer than a day";
    add(daily_, "weekday", "day of the week of the bar (0 = Monday, UTC)", no_day);
    add(daily_, "weekday_sin", "sine of the day of the week of the bar", no_day);
    add(daily_, "weekday_cos", "cosine of the day of the week of the bar", no_day);
}

double* CalendarFeatures::update(const Moment& m, double* out) {
    if (intraday_) {
        const std::int64_t day = floor_day(m.known);
        const auto share = static_cast<double>(m.known.value - day * nanos_per_day) / static_cast<double>(nanos_per_day);
        *out++ = std::floor(share * 24);
        *out++ = std::sin(turn_of(share));
        *out++ = std::cos(turn_of(share));
        *out++ = rollover(m.known) ? 1 : 0;
    }
    if (daily_) {
        const int day = weekday(m.opened);
        *out++ = day;
        *out++ = std::sin(turn_of(day / 7.0));
        *out++ = std::cos(turn_of(day / 7.0));
    }
    return out;
}

bool CalendarFeatures::rollover(UnixNanos next) {
    if (const std::int64_t day = floor_day(next); day != day_) {
        day_ = day;
        offset_hours_ = new_york_offset_hours(day);
    }
    const UnixNanos local{next.value + offset_hours_ * nanos_per_hour};
    const std::int64_t begin = local.value - floor_day(local) * nanos_per_day;
    return begin < 19 * nanos_per_hour && begin + length_ > 17 * nanos_per_hour;
}

}  // namespace aitrading::insight
