#include "market/history/clock_candidates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/time.hpp"
#include "market/calendar/clock.hpp"
#include "market/calendar/market_week.hpp"

namespace aitrading::market {
namespace {

struct Usual {
    const char* name;
    double prior;
    bool slip = false;
};

/// Shares among files that traders have, as far as anyone knows: they decide only where the data do not.
constexpr Usual usual_clocks[]{
    {"UTC", 0.30},          {"America/New_York", 0.15},       {"Europe/Athens", 0.20}, {"America/New_York+07:00", 0.12},
    {"Europe/Berlin", 0.08}, {"Europe/London", 0.03},         {"-05:00", 0.03},        {"Europe/Moscow", 0.01},
    {"Europe/London-05:00", 0.03, true},  // New York, but changed on Europe's dates: a known slip of vendors
    {"America/Chicago", 0.02}, {"Asia/Tokyo", 0.01},          {"+08:00", 0.01},        {"Australia/Sydney", 0.005},
};
constexpr double prior_of_others = 0.001, expected_counts_for = 10;

/// The zones named in `A until DATE, B`.
std::vector<std::string> zones_in(std::string_view expected) {
    std::vector<std::string> out;
    while (!expected.empty()) {
        const std::size_t comma = expected.find(',');
        std::string_view part = expected.substr(0, comma);
        part = part.substr(0, part.find(" until "));
        while (part.starts_with(' ')) part.remove_prefix(1);
        if (!part.empty()) out.emplace_back(part);
        if (comma == std::string_view::npos) break;
        expected.remove_prefix(comma + 1);
    }
    return out;
}

}  // namespace

Result<std::vector<ClockCandidate>> clock_candidates(std::span<const std::int64_t> weeks, std::string_view expected) {
    std::vector<ClockCandidate> out;
    const auto find = [&](std::string_view name) { return std::ranges::find(out, name, &ClockCandidate::name); };
    for (const Usual& clock : usual_clocks) out.push_back({clock.name, std::log(clock.prior), clock.slip, {}});
    for (int half_hours = -24; half_hours <= 28; ++half_hours) {
        const bool used = half_hours % 2 == 0 || half_hours == 7 || half_hours == 9 || half_hours == 11 || half_hours == 19;
        const std::string name = fmt::format("{}{:02}:{:02}", half_hours < 0 ? '-' : '+', std::abs(half_hours) / 2,
                                             std::abs(half_hours) % 2 * 30);
        if (used && half_hours != 0 && find(name) == out.end()) out.push_back({name, std::log(prior_of_others), false, {}});
    }
    for (const std::string& zone : zones_in(expected)) {
        if (find(zone) == out.end()) out.push_back({zone, std::log(prior_of_others), false, {}});
        find(zone)->log_prior += std::log(expected_counts_for);
    }
    const Clock new_york = *Clock::parse("America/New_York");
    for (ClockCandidate& candidate : out) {
        TRY(const Clock clock, Clock::parse(candidate.name));
        candidate.name = clock.name();
        for (const std::int64_t week : weeks) {
            const UnixNanos wednesday{(week_begin(week) + minutes_per_week / 2) * nanos_per_minute};
            candidate.ahead.push_back((offset_at(clock, wednesday) - offset_at(new_york, wednesday)) / nanos_per_minute);
        }
    }
    return out;
}

}  // namespace aitrading::market
