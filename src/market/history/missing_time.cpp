#include "market/history/missing_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "market/calendar/clock.hpp"

namespace aitrading::market {
namespace {

constexpr std::array day_names{"Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::int64_t hours_per_week = 7 * 24;

/// Missing bars between two neighbours at which the market is open.
MissingRun open_bars(const TradingWeek& market, std::size_t row, UnixNanos from, UnixNanos to, std::int64_t step) {
    MissingRun run{row, from, to, 0, to, from};
    for (UnixNanos t{from.value + step}; t < to; t.value += step) {
        if (!market.open_at(t)) continue;
        if (run.bars++ == 0) run.begin = t;
        run.end = {t.value + step};
    }
    return run;
}

void find_gaps(const BarColumns& bars, MarketKind kind, std::vector<Suspect>& out) {
    const std::int64_t step = duration_nanos(bars.key.timeframe);
    std::int64_t short_runs = 0, short_bars = 0, gaps = 0;
    const MissingRun* longest = nullptr;
    std::vector<Suspect> weeks;
    const std::vector<MissingRun> runs = find_missing(bars, kind);
    for (const MissingRun& run : runs) {
        if (run.bars * step < missing_min_minutes * nanos_per_minute) {
            ++short_runs, short_bars += run.bars;
            continue;
        }
        ++gaps;
        if (longest == nullptr || run.bars > longest->bars) longest = &run;
        if (is_missing_week(run, step))
            weeks.push_back({"missing_week", run.row,
                             fmt::format("nothing from {} to {}", to_iso8601(run.from), to_iso8601(run.to)), 1,
                             static_cast<double>(run.bars)});
    }
    if (longest != nullptr)
        out.push_back({"gap", longest->row,
                       fmt::format("{} runs of {} min or more are missing while the market is open; the longest, {} bars, from {} to {}",
                                   gaps, std::max(missing_min_minutes, step / nanos_per_minute), longest->bars,
                                   to_iso8601(longest->from), to_iso8601(longest->to)),
                       gaps, static_cast<double>(longest->bars)});
    std::ranges::move(weeks, std::back_inserter(out));
    if (100 * short_bars > std::ssize(bars.time))
        out.push_back({"thin", 0, fmt::format("{} bars are missing in {} runs of less than {} min", short_bars, short_runs, missing_min_minutes),
                       short_runs, static_cast<double>(short_bars)});
}

/// Hour of the New York week of an instant, from Saturday 00:00.
std::int64_t new_york_hour(const Clock& clock, UnixNanos t) {
    const std::int64_t minute = (t.value + offset_at(clock, t)) / nanos_per_minute;
    return (minute - week_begin(week_of(minute)) + 720) / 60;
}

void find_hours(const BarColumns& bars, MarketKind kind, std::vector<Suspect>& out) {
    const std::int64_t step = duration_nanos(bars.key.timeframe);
    if (step > nanos_per_hour || kind == MarketKind::around_clock || bars.size() < 2) return;
    const Clock clock = *Clock::parse("America/New_York");
    const TradingWeek market(kind);
    std::array<std::int64_t, hours_per_week + 24> seen{}, expected{};
    std::array<std::size_t, hours_per_week + 24> first_missing{};
    std::size_t row = 0;
    const std::int64_t begin = bars.time.front().value / nanos_per_hour * nanos_per_hour + nanos_per_hour;
    for (UnixNanos hour{begin}; hour.value + nanos_per_hour <= bars.time.back().value; hour.value += nanos_per_hour) {
        while (row < bars.size() && bars.time[row] < hour) ++row;
        const bool there = row < bars.size() && bars.time[row].value < hour.value + nanos_per_hour;
        if (!market.open_at(hour)) continue;
        const auto at = static_cast<std::size_t>(new_york_hour(clock, hour));
        ++expected[at], seen[at] += there;
        if (!there && first_missing[at] == 0) first_missing[at] = row;
    }
    for (std::size_t hour = 0; hour < expected.size(); ++hour)
        if (expected[hour] >= 5 && 5 * seen[hour] < 4 * expected[hour])
            out.push_back({"hour_missing", first_missing[hour],
                           fmt::format("{} {:02}:00 New York is there in {} of {} weeks", day_names[hour / 24], hour % 24, seen[hour],
                                       expected[hour]),
                           expected[hour] - seen[hour]});
}

void find_mixed(const BarColumns& bars, std::vector<Suspect>& out) {
    const std::int64_t step = duration_nanos(bars.key.timeframe);
    std::int64_t run = 0, last = 0, rows = 0;
    std::size_t first = 0;
    for (std::size_t i = 1; i < bars.size(); ++i) {
        const std::int64_t now = bars.time[i].value - bars.time[i - 1].value;
        const bool longer = std::ranges::any_of(all_timeframes, [&](Timeframe t) {
            return t != Timeframe::ticks && now >= 4 * step && now == duration_nanos(t);
        });
        run = longer && now == last ? run + 1 : longer ? 1 : 0;
        last = now;
        if (run == 5 && rows == 0) first = i - 5;
        if (run == 5) rows += 5;
        if (run > 5) ++rows;
    }
    if (rows > 0)
        out.push_back({"mixed_timeframe", first,
                       fmt::format("{} rows from {} on follow each other at the distance of a longer timeframe", rows,
                                   to_iso8601(bars.time[first])),
                       rows});
}

void find_weekend_days(const BarColumns& bars, MarketKind kind, std::vector<Suspect>& out) {
    if (bars.key.timeframe != Timeframe::d1 || kind == MarketKind::around_clock) return;
    std::int64_t saturdays = 0, sundays = 0;
    std::size_t first = bars.size();
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const int day = weekday({bars.time[i].value + 4 * nanos_per_hour});
        saturdays += day == 5, sundays += day == 6;
        if (day >= 5) first = std::min(first, i);
    }
    const std::int64_t weeks = (bars.time.back().value - bars.time.front().value) / (7 * nanos_per_day);
    const bool calendar_days = kind == MarketKind::unknown && 10 * std::min(saturdays, sundays) > 8 * weeks;
    if (saturdays + sundays > 0 && !calendar_days)
        out.push_back({"weekend_row", first, fmt::format("{} days are Saturdays and {} Sundays", saturdays, sundays), saturdays + sundays});
}

}  // namespace

bool is_missing_week(const MissingRun& run, std::int64_t step_nanos) {
    return run.to.value - run.from.value >= 5 * nanos_per_day && run.bars * step_nanos >= 3 * nanos_per_day;
}

bool is_weekend_day(UnixNanos time) { return weekday({time.value + 4 * nanos_per_hour}) >= 5; }

MarketKind observed_kind(const BarColumns& bars, MarketKind kind) {
    if (kind == MarketKind::around_clock || bars.size() == 0) return kind;
    std::int64_t noons = 0;  // Saturdays with bars at noon
    const std::int64_t weeks = (bars.time.back().value - bars.time.front().value) / (7 * nanos_per_day);
    std::int64_t last = INT64_MIN;
    for (const UnixNanos t : bars.time) {
        const std::int64_t day = t.value / nanos_per_day;
        if (day == last || weekday(t) != 5 || t.value % nanos_per_day < nanos_per_day / 2) continue;
        last = day, ++noons;
    }
    return bars.key.timeframe < Timeframe::d1 && weeks > 0 && 2 * noons > weeks ? MarketKind::around_clock : kind;
}

std::vector<MissingRun> find_missing(const BarColumns& bars, MarketKind kind) {
    std::vector<MissingRun> out;
    const std::int64_t step = duration_nanos(bars.key.timeframe);
    if (step == 0 || step >= 7 * nanos_per_day) return out;
    const TradingWeek market(kind);
    const bool daily = step == nanos_per_day;
    for (std::size_t i = 1; i < bars.size(); ++i) {
        if (bars.time[i].value - bars.time[i - 1].value <= step) continue;
        if (!daily) {
            if (const MissingRun run = open_bars(market, i, bars.time[i - 1], bars.time[i], step); run.bars > 0) out.push_back(run);
            continue;
        }
        std::int64_t missing = 0;
        for (UnixNanos t{bars.time[i - 1].value + step + nanos_per_hour}; t < bars.time[i]; t.value += step)
            missing += kind == MarketKind::around_clock || (weekday({t.value + 4 * nanos_per_hour}) < 5 && market.open_at({t.value + 16 * nanos_per_hour}));
        if (missing > 0) out.push_back({i, bars.time[i - 1], bars.time[i], missing, {bars.time[i - 1].value + step}, bars.time[i]});
    }
    return out;
}

std::vector<Suspect> find_time_suspects(const BarColumns& bars, MarketKind kind) {
    std::vector<Suspect> out;
    if (bars.size() < 2) return out;
    kind = observed_kind(bars, kind);
    find_gaps(bars, kind, out);
    find_hours(bars, kind, out);
    find_mixed(bars, out);
    find_weekend_days(bars, kind, out);
    return out;
}

}  // namespace aitrading::market
