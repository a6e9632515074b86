#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "market/calendar/as_of.hpp"

namespace aitrading::insight {

/// When figures were released, for the news-shock flag of the rules (`release` of RegimeRules::update). An answer for a bar
/// uses publications before its close and nothing later: neither figures nor the schedule of what is to come.
class ReleaseTimes {
  public:
    /// How long a release counts as lying at a bar: bars shorter than this see it more than once.
    static constexpr std::int64_t window_nanos = 15 * nanos_per_minute;
    /// A calendar that had no event of any kind for so long before a bar says nothing of it.
    static constexpr std::int64_t silence_nanos = 31 * nanos_per_day;

    /// @param events in any order; those without a time take no part   @param filter which of them may move the instrument
    /// @complexity O(events log events)
    ReleaseTimes(std::span<const market::EconomicEvent> events, const market::EventFilter& filter);

    /// Whether a release lies at the bar [open, close): published before its close and at most window_nanos before its
    /// opening; empty where the calendar does not reach. A release at the very close belongs to the next bar.
    /// @complexity O(log events)
    std::optional<bool> at_bar(UnixNanos open, UnixNanos close) const;
    std::size_t size() const { return releases_.size(); }

  private:
    std::vector<std::int64_t> all_, releases_;  ///< sorted
};

}  // namespace aitrading::insight
