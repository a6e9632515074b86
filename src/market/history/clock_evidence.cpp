#include "market/history/clock_evidence.hpp"

#include <algorithm>

#include "base/time.hpp"
#include "market/calendar/known_releases.hpp"
#include "market/calendar/market_week.hpp"

namespace aitrading::market {
namespace {

constexpr std::int64_t pause_min = 25, pause_max = 180, pauses_kept = 8;

std::int64_t minutes_of(std::int64_t nanos) {
    return nanos / nanos_per_minute - (nanos % nanos_per_minute < 0 ? 1 : 0);
}

/// Keeps the widest bar of the month's first Friday, on which the United States mostly publish their payrolls.
class Burst {
  public:
    void see(std::int64_t minute, std::int64_t day_of_week, std::int64_t range, WeekSeen& week) {
        constexpr std::int64_t friday = 6;  // days after the week's Saturday
        if (day_of_week != friday || range <= widest_) return;
        if (!is_first_friday(minute)) return;
        widest_ = range;
        week.burst = ((minute % minutes_per_day) + minutes_per_day) % minutes_per_day;
    }
    void next_week() { widest_ = 0; }

  private:
    bool is_first_friday(std::int64_t minute) {
        const std::int64_t day = minute / minutes_per_day;
        if (day != day_) {
            day_ = day;
            first_ = to_civil({day * nanos_per_day}).day <= 7;
        }
        return first_;
    }
    std::int64_t widest_ = 0, day_ = INT64_MIN;
    bool first_ = false;
};

/// Keeps the most restless half hour (or longer bar) from noon to noon around each decision of the Federal Reserve: every clock
/// in use has 14:00 New York within these hours. Minutes are taken together, as the widest one comes some minutes after.
class Decision {
  public:
    explicit Decision(std::int64_t step) : slot_(std::max<std::int64_t>(step, decision_slot_minutes)) {}
    void see(std::int64_t minute, std::int64_t range, WeekSeen& week) {
        const std::int64_t day = (minute - minutes_per_day / 2) / minutes_per_day;
        if (day != day_) {
            day_ = day;
            widest_ = 0;
            decides_ = is_rate_decision_day(day);
        }
        if (!decides_) return;
        const std::int64_t slot = slot_ > decision_slot_minutes ? minute : minute - minute % slot_;
        sum_ = slot == at_ ? sum_ + range : range;
        at_ = slot;
        if (sum_ <= widest_) return;
        widest_ = sum_;
        week.decision = slot % minutes_per_day;
    }

  private:
    std::int64_t slot_, sum_ = 0, at_ = INT64_MIN;
    std::int64_t widest_ = 0, day_ = INT64_MIN;
    bool decides_ = false;
};

}  // namespace

ClockTraces trace_clock(std::span<const std::int64_t> wall_nanos, std::span<const std::int64_t> range,
                        std::span<const Quantity> volume, std::int64_t step_nanos) {
    ClockTraces out;
    out.rows = static_cast<std::int64_t>(wall_nanos.size());
    const std::int64_t step = out.step_minutes = std::max<std::int64_t>(1, step_nanos / nanos_per_minute);
    Burst burst;
    Decision decision(step);
    std::int64_t previous = INT64_MIN, begin = 0;
    for (std::size_t i = 0; i < wall_nanos.size(); ++i) {
        const std::int64_t now = minutes_of(wall_nanos[i]);
        if (previous != INT64_MIN && now < previous) continue;
        if (out.weeks.empty() || now >= begin + minutes_per_week) {
            const std::int64_t week = week_of(now), next_begin = week_begin(week);
            WeekSeen seen;
            seen.week = week;
            if (!out.weeks.empty()) {
                ++out.weekends;
                const bool pauses = now - previous >= minutes_per_day;
                out.weekends_traded += !pauses;
                if (pauses && next_begin == begin + minutes_per_week) {
                    seen.open = now - next_begin;
                    const bool after_close = step >= 15 && i >= 2 && !volume.empty() && volume[i - 1].raw > 0 &&
                                             volume[i - 1].raw < volume[i - 2].raw / 50;
                    out.weeks.back().close = previous + (after_close ? 0 : step) - begin;
                }
            }
            out.weeks.push_back(std::move(seen));
            begin = next_begin;
            burst.next_week();
        } else {
            const std::int64_t missing = now - previous - step;
            WeekSeen& week = out.weeks.back();
            if (missing > pause_max)
                ++week.nights;
            else if (missing >= pause_min && std::ssize(week.pauses) < pauses_kept)
                week.pauses.push_back({previous + step - begin, now - begin});
        }
        if (!range.empty()) {
            burst.see(now, (now - begin + 720) / minutes_per_day, range[i], out.weeks.back());
            decision.see(now, range[i], out.weeks.back());
        }
        previous = now;
    }
    return out;
}

}  // namespace aitrading::market
