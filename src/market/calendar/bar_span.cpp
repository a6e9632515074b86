#include "market/calendar/bar_span.hpp"

#include "base/check.hpp"
#include "market/calendar/clock.hpp"
#include "market/calendar/market_week.hpp"

namespace aitrading::market {
namespace {

constexpr std::int64_t evening_nanos = 17 * nanos_per_hour;

/// Days since 1970 on which a bar begins, at or before `day`, and on which the next one does.
struct Days {
    std::int64_t from, to;
};

Days days_of(std::int64_t day, Timeframe to) {
    if (to == Timeframe::d1) return {day, day + 1};
    // 1970-01-01 was a Thursday: Mondays are four days later.
    if (to == Timeframe::w1) {
        const std::int64_t since = (((day - 4) % 7) + 7) % 7;
        return {day - since, day - since + 7};
    }
    const CivilTime civil = to_civil({day * nanos_per_day});
    const bool last = civil.month == 12;
    return {days_from_civil(civil.year, civil.month, 1),
            days_from_civil(last ? civil.year + 1 : civil.year, last ? 1 : civil.month + 1, 1)};
}

std::int64_t day_of(std::int64_t nanos) {
    return nanos / nanos_per_day - (nanos % nanos_per_day < 0 ? 1 : 0);
}

/// The instant at which the trading day of that date begins: 17:00 in New York on the evening before.
UnixNanos evening_before(std::int64_t day) {
    static const Clock new_york = Clock::parse("America/New_York").value_or(Clock::utc());
    return WallToUtc(new_york).convert((day - 1) * nanos_per_day + evening_nanos);
}

}  // namespace

DayStart usual_day_start(std::string_view symbol) {
    return market_kind(symbol) == MarketKind::around_clock ? DayStart::utc : DayStart::new_york;
}

TimeRange bar_span(UnixNanos time, Timeframe to, DayStart day) {
    const std::int64_t step = duration_nanos(to);
    CHECK(step > 0);
    if (step < nanos_per_day) {
        const std::int64_t begin = time.value - ((time.value % step) + step) % step;
        return {{begin}, {begin + step}};
    }
    std::int64_t date = day_of(time.value);
    if (day == DayStart::utc) {
        const Days days = days_of(date, to);
        return {{days.from * nanos_per_day}, {days.to * nanos_per_day}};
    }
    if (time >= evening_before(date + 1)) ++date;
    const Days days = days_of(date, to);
    return {evening_before(days.from), evening_before(days.to)};
}

UnixNanos bar_begin(UnixNanos time, Timeframe to) { return bar_span(time, to, DayStart::utc).from; }

}  // namespace aitrading::market
