#include "insight/regimes/release_times.hpp"

#include <algorithm>

namespace aitrading::insight {
namespace {

/// The last of sorted times before `end`; empty where there is none.
std::optional<std::int64_t> last_before(std::span<const std::int64_t> times, std::int64_t end) {
    const auto after = std::ranges::lower_bound(times, end);
    if (after == times.begin()) return std::nullopt;
    return *(after - 1);
}

}  // namespace

ReleaseTimes::ReleaseTimes(std::span<const market::EconomicEvent> events, const market::EventFilter& filter) {
    for (const market::EconomicEvent& event : events) {
        if (!event.time) continue;
        all_.push_back(event.time->value);
        if (filter.matches(event)) releases_.push_back(event.time->value);
    }
    std::ranges::sort(all_);
    std::ranges::sort(releases_);
}

std::optional<bool> ReleaseTimes::at_bar(UnixNanos open, UnixNanos close) const {
    const auto any = last_before(all_, close.value);
    if (!any || *any < close.value - silence_nanos) return std::nullopt;
    const auto release = last_before(releases_, close.value);
    return release && *release >= open.value - window_nanos;
}

}  // namespace aitrading::insight
