#include "market/history/clock_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "market/calendar/known_releases.hpp"

namespace aitrading::market {
namespace {

constexpr double unusual = 0.002, tempering = 0.6;
constexpr std::int64_t late_minutes = 20;  // thin markets quote some minutes after they open

struct Hour {
    std::int64_t after;  ///< minutes after the market's usual hour
    double share;
};

constexpr Hour currency_opens[]{{0, 0.80}, {60, 0.05}, {120, 0.02}};
constexpr Hour break_opens[]{{60, 0.80}, {0, 0.06}, {120, 0.03}};
constexpr Hour unknown_opens[]{{0, 0.42}, {60, 0.42}, {120, 0.02}};
constexpr Hour currency_closes[]{{0, 0.80}, {-60, 0.01}};
constexpr Hour other_closes[]{{0, 0.75}, {-45, 0.08}, {-60, 0.01}};

std::int64_t floor_to(std::int64_t value, std::int64_t step, std::int64_t phase) {
    const std::int64_t x = value - phase;
    return (x / step - (x % step < 0 ? 1 : 0)) * step + phase;
}

std::int64_t minute_of_day(std::int64_t minute) { return ((minute % minutes_per_day) + minutes_per_day) % minutes_per_day; }

}  // namespace

double ClockLikelihood::open(std::int64_t minute, std::int64_t ahead) const {
    const std::int64_t phase = minute % step_;
    const auto hours = kind_ == MarketKind::currency      ? std::span<const Hour>(currency_opens)
                       : kind_ == MarketKind::daily_break ? std::span<const Hour>(break_opens)
                                                          : std::span<const Hour>(unknown_opens);
    if (fixed_open_ >= 0) {
        constexpr std::int64_t cut_max = 180;
        if (minute != fixed_open_) return unusual;
        const std::int64_t opens = week_open_minute + (kind_ == MarketKind::daily_break ? 60 : 0) + ahead;
        return minute >= floor_to(opens, step_, phase) && minute - opens <= cut_max ? 0.8 : unusual;
    }
    for (const Hour& hour : hours) {
        const std::int64_t late = minute - floor_to(week_open_minute + hour.after + ahead, step_, phase);
        if (late >= 0 && late < late_minutes) return hour.share;
    }
    const std::int64_t late = minute - (week_open_minute + ahead);
    return late > 0 && late < 120 ? 0.01 : unusual;
}

double ClockLikelihood::close(std::int64_t minute, std::int64_t ahead) const {
    const std::int64_t phase = minute % step_;
    const auto hours = kind_ == MarketKind::currency ? std::span<const Hour>(currency_closes) : std::span<const Hour>(other_closes);
    for (const Hour& hour : hours) {
        const std::int64_t end = -floor_to(-(week_close_minute + hour.after + ahead), step_, -phase);
        if (minute <= end && minute > end - late_minutes) return hour.share;
    }
    // A quote of the very second of the close begins one more bar.
    const std::int64_t end = -floor_to(-(week_close_minute + ahead), step_, -phase);
    if (minute == end + step_) return step_ < 15 ? hours[0].share : 0.04;
    return unusual;
}

double ClockLikelihood::pause(const Pause& pause, std::int64_t ahead) const {
    const std::int64_t early = break_from_minute - minute_of_day(pause.from + 720 - ahead);
    const std::int64_t late = minute_of_day(pause.to + 720 - ahead) - break_to_minute;
    const bool begins = early >= (step_ < 60 ? -std::max<std::int64_t>(2, step_) : 0) && early < late_minutes, ends = late >= 0 && late < late_minutes;
    // A source with an opening hour of its own also ends the break by its own clock.
    if (fixed_open_ >= 0 && (pause.to - fixed_open_) % minutes_per_day == 0) return begins ? 0.7 : 0.1;
    return begins && ends ? 0.7 : ends ? 0.12 : begins ? 0.04 : unusual;
}

double ClockLikelihood::burst(std::int64_t minute, std::int64_t ahead) const {
    const std::int64_t at = minute_of_day(minute - ahead);
    if (at == floor_to(payrolls_minute, step_, at % step_)) return step_ <= 30 ? 0.6 : 0.45;
    const bool stocks_open = kind_ != MarketKind::currency && at == floor_to(9 * 60 + 30, step_, at % step_);
    return stocks_open ? 0.1 : step_ <= 30 ? 0.01 : 0.024;
}

double ClockLikelihood::decision(std::int64_t minute, std::int64_t ahead) const {
    // Seven H1 series, 40 decisions each from 2013 to 2018-01: 206 of 280 at 14:00, the rest anywhere. Some have a press
    // conference half an hour later, which moves prices as much.
    const std::int64_t slot = std::max(step_, decision_slot_minutes), at = minute_of_day(minute - ahead);
    const bool halves = slot == decision_slot_minutes;
    if (at == floor_to(rate_decision_minute, slot, at % slot)) return halves ? 0.45 : 0.6;
    if (halves && at == floor_to(rate_decision_minute + slot, slot, at % slot)) return 0.2;
    return halves ? 0.007 : 0.017;
}

double ClockLikelihood::log_of(const WeekSeen& week, std::int64_t ahead) const {
    double sum = 0;
    if (week.open >= 0) sum += std::log(open(week.open, ahead));
    if (week.close >= 0) sum += std::log(close(week.close, ahead));
    if (week.burst >= 0 && step_ <= 60) sum += std::log(burst(week.burst, ahead));
    if (week.decision >= 0 && step_ <= 60) sum += std::log(decision(week.decision, ahead));
    if (kind_ != MarketKind::currency && !week.pauses.empty() && step_ <= 60) {
        // The pauses of one week say the same thing again and again: together they count as two at most.
        double pauses = 0;
        for (const Pause& p : week.pauses) pauses += std::log(pause(p, ahead));
        const auto count = static_cast<double>(week.pauses.size());
        sum += pauses / count * std::min(2.0, count);
    }
    return tempering * sum;
}

}  // namespace aitrading::market
