#include "market/calendar/as_of.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aitrading::market {
namespace {

constexpr std::size_t scale_min = 5, scale_max = 24;

std::string series_key(std::string_view currency, std::string_view series) { return fmt::format("{} {}", currency, series); }

/// Mean absolute surprise of the last releases of a series.
std::optional<double> usual_surprise(const std::vector<double>& sizes) {
    if (sizes.size() < scale_min) return std::nullopt;
    const std::size_t count = std::min(sizes.size(), scale_max);
    double sum = 0;
    for (std::size_t i = sizes.size() - count; i < sizes.size(); ++i) sum += sizes[i];
    return sum > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

double minutes(std::int64_t nanos) { return static_cast<double>(nanos) / static_cast<double>(nanos_per_minute); }

}  // namespace

bool EventFilter::matches(const EconomicEvent& event) const {
    if (event.impact == Impact::holiday || event.impact < impact_min) return false;
    return currencies.empty() || std::ranges::find(currencies, event.currency) != currencies.end();
}

CalendarView::CalendarView(std::vector<EconomicEvent> events, const EventFilter& filter) : events_(std::move(events)) {
    std::erase_if(events_, [&](const EconomicEvent& e) { return !e.time || !filter.matches(e); });
    std::ranges::stable_sort(events_, comes_before);
    std::map<std::string, std::vector<double>> sizes;
    for (const EconomicEvent& event : events_) {
        const auto actual = figure_of(event.actual);
        if (!actual) continue;
        const std::string key = series_key(event.currency, series_of(event.title));
        Release release{&event, *actual, surprise_of(event), std::nullopt};
        if (release.surprise) {
            std::vector<double>& earlier = sizes[key];
            if (const auto usual = usual_surprise(earlier)) release.scaled_surprise = *release.surprise / *usual;
            earlier.push_back(std::abs(*release.surprise));
        }
        const std::size_t at = releases_.size();
        std::size_t best = at;
        if (!best_.empty() && releases_.back().event->time == event.time) {
            const auto& held = releases_[best_.back()].scaled_surprise;
            const bool larger = release.scaled_surprise && (!held || std::abs(*release.scaled_surprise) > std::abs(*held));
            if (!larger) best = best_.back();
        }
        releases_.push_back(release);
        best_.push_back(best);
        series_[key].push_back(at);
    }
}

std::optional<double> CalendarView::minutes_to_next(UnixNanos now, std::int64_t horizon_nanos) const {
    const auto next = std::ranges::lower_bound(events_, now, {}, [](const EconomicEvent& e) { return *e.time; });
    if (next == events_.end() || next->time->value - now.value > horizon_nanos) return std::nullopt;
    return minutes(next->time->value - now.value);
}

std::optional<double> CalendarView::minutes_since_last(UnixNanos now) const {
    const auto next = std::ranges::upper_bound(events_, now, {}, [](const EconomicEvent& e) { return *e.time; });
    if (next == events_.begin()) return std::nullopt;
    return minutes(now.value - std::prev(next)->time->value);
}

std::optional<Release> CalendarView::last_release(UnixNanos now) const {
    const auto next = std::ranges::upper_bound(releases_, now, {}, [](const Release& r) { return *r.event->time; });
    if (next == releases_.begin()) return std::nullopt;
    return releases_[best_[static_cast<std::size_t>(next - releases_.begin()) - 1]];
}

std::optional<Release> CalendarView::last_release(UnixNanos now, std::string_view currency, std::string_view series) const {
    const auto found = series_.find(series_key(currency, series));
    if (found == series_.end()) return std::nullopt;
    const auto& list = found->second;
    const auto next = std::ranges::upper_bound(list, now, {}, [&](std::size_t i) { return *releases_[i].event->time; });
    if (next == list.begin()) return std::nullopt;
    return releases_[*std::prev(next)];
}

std::vector<EconomicEvent> known_at(std::vector<EconomicEvent> events, UnixNanos now) {
    for (EconomicEvent& event : events)
        if (!event.time || *event.time > now) event.actual.clear();
    return events;
}

}  // namespace aitrading::market
