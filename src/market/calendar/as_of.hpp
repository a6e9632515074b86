#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/calendar/economic_event.hpp"

namespace aitrading::market {

/// What is asked of a calendar: events of some currencies from some impact on.
struct EventFilter {
    std::vector<std::string> currencies;  ///< empty: all
    Impact impact_min = Impact::high;     ///< low, medium or high; holidays never match
    bool matches(const EconomicEvent& event) const;
};

/// A release as it may be used from its publication on.
struct Release {
    const EconomicEvent* event = nullptr;
    double actual = 0;
    std::optional<double> surprise;         ///< actual - forecast, in the figure's own unit
    /// Surprise over the mean absolute surprise of the earlier releases of the series (the last 24 at most): without a unit,
    /// so that payrolls and rates compare. Empty before five earlier surprises.
    std::optional<double> scaled_surprise;
};

/// A calendar asked at an instant: answers use the schedule, which is known before, and figures only from their
/// publication on. So no answer for an instant changes when later figures are added or taken away.
///
/// Events without a time of publication take no part: nobody knows when they became known. The schedule is that of the
/// file: an unscheduled event (an emergency rate cut) stands in it as if it had been announced, so `minutes_to_next`
/// looks at most `horizon` ahead and a user of it should know that.
class CalendarView {
  public:
    /// @param events in any order @complexity O(events log events)
    CalendarView(std::vector<EconomicEvent> events, const EventFilter& filter);
    CalendarView(CalendarView&&) noexcept = default;  // releases point at the events, which a copy would not have
    CalendarView& operator=(CalendarView&&) noexcept = default;

    /// Minutes from `now` to the next scheduled event (0 at its very instant); empty where none lies within the horizon.
    std::optional<double> minutes_to_next(UnixNanos now, std::int64_t horizon_nanos = 7 * nanos_per_day) const;
    /// Minutes since the last scheduled event at or before `now`; empty before the first.
    std::optional<double> minutes_since_last(UnixNanos now) const;
    /// The last release with a figure published at or before `now`; of several at one instant that with the largest scaled
    /// surprise, else the first by name. Empty before the first.
    std::optional<Release> last_release(UnixNanos now) const;
    /// The same of one series, by its title without the period.
    std::optional<Release> last_release(UnixNanos now, std::string_view currency, std::string_view series) const;
    std::size_t size() const { return events_.size(); }

  private:
    std::vector<EconomicEvent> events_;   ///< with a time, matching, sorted
    std::vector<Release> releases_;       ///< those with a figure, in the same order
    std::vector<std::size_t> best_;       ///< per release: the one to show for its instant, among those up to it
    std::map<std::string, std::vector<std::size_t>> series_;  ///< "USD Nonfarm Payrolls" to releases
};

/// The calendar as a reader at `now` has it: figures of events after `now` are taken out, the schedule stays.
std::vector<EconomicEvent> known_at(std::vector<EconomicEvent> events, UnixNanos now);

}  // namespace aitrading::market
