#include "market/history/suspects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

namespace aitrading::market {
namespace {

std::int64_t unit_of(const BarColumns& bars) {
    std::int64_t unit = 1;
    for (int i = bars.digits; i < 9; ++i) unit *= 10;
    return unit;
}

template <class T>
T median(std::vector<T>& values) {
    if (values.empty()) return {};
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
    return values[values.size() / 2];
}

std::string price(const BarColumns& bars, Price p) { return to_decimal(p, bars.digits); }

std::int64_t minute_of_day(UnixNanos t) { return ((t.value % nanos_per_day) + nanos_per_day) % nanos_per_day / nanos_per_minute; }

/// As a double: multiples and sums of large volumes leave the integers.
double volume_of(const BarColumns& bars, std::size_t i) { return static_cast<double>(bars.volume[i].raw); }

bool has_volumes(const BarColumns& bars) {
    const auto some = std::ranges::count_if(bars.volume, [](Quantity q) { return q.raw != 0; });
    return 2 * some > std::ssize(bars.volume);
}

/// A published rate or fixing, one value a day: it has no bars to judge by, and steps as it is set.
bool is_single_valued(const BarColumns& b) {
    if (duration_nanos(b.key.timeframe) < nanos_per_day) return false;
    std::size_t single = 0;
    for (std::size_t i = 0; i < b.size(); ++i) single += b.high[i] == b.low[i];
    return 10 * single > 9 * b.size();
}

/// How far the bar reaches out of both its neighbours, in billionths.
std::int64_t reach(const BarColumns& b, std::size_t i) {
    const std::size_t before = i == 0 ? i + 1 : i - 1, after = i + 1 < b.size() ? i + 1 : i - 1;
    const std::int64_t above = b.high[i].raw - std::max(b.high[before].raw, b.high[after].raw);
    const std::int64_t below = std::min(b.low[before].raw, b.low[after].raw) - b.low[i].raw;
    return std::max(above, below);
}

void find_spikes(const BarColumns& bars, std::vector<Suspect>& out) {
    if (bars.size() < 8) return;
    const std::vector<double> deviation = local_deviation(bars);
    const std::int64_t neighbourhood = 3 * duration_nanos(bars.key.timeframe);
    for (std::size_t i = 0; i + 1 < bars.size(); ++i) {
        const auto out_by = static_cast<double>(reach(bars, i));
        const double z = out_by / deviation[i / block_rows];
        if (z < spike_deviations) continue;
        const std::size_t before = i == 0 ? i + 1 : i - 1;
        const bool near = bars.time[i + 1].value - bars.time[i == 0 ? 0 : i - 1].value <= neighbourhood;
        const auto moved = static_cast<double>(std::abs(bars.close[i + 1].raw - bars.close[before].raw));
        const bool back = std::abs(static_cast<double>(bars.open[i + 1].raw - bars.close[before].raw)) < out_by / 4;
        if (!near || (i > 0 && (moved > out_by / 4 || !back))) continue;
        out.push_back({i == 0 ? "false_first_bar" : "spike", i,
                       fmt::format("{}: high {}, low {} lie {:.0f} robust deviations outside the bars around ({} and {})",
                                   to_iso8601(bars.time[i]), price(bars, bars.high[i]), price(bars, bars.low[i]), z,
                                   price(bars, bars.close[before]), price(bars, bars.close[i + 1])),
                       1, z});
    }
}

/// Highest high and lowest low of the bars that follow within the day, and their volume.
struct DayAfter {
    std::int64_t high = INT64_MIN, low = INT64_MAX, bars = 0;
    double volume = 0;
};

DayAfter day_after(const BarColumns& b, std::size_t i) {
    DayAfter day;
    for (std::size_t j = i + 1; j < b.size() && b.time[j].value < b.time[i].value + nanos_per_day; ++j) {
        day.high = std::max(day.high, b.high[j].raw);
        day.low = std::min(day.low, b.low[j].raw);
        day.volume += volume_of(b, j);
        ++day.bars;
    }
    return day;
}

/// Whether a bar holds the day that follows it.
enum class HoldsDay : std::uint8_t { no, likely, wholly };

HoldsDay holds_day(const BarColumns& b, std::size_t i, double unit, bool volumes) {
    const DayAfter day = day_after(b, i);
    if (day.bars < 4 || (volumes && 2 * volume_of(b, i) < day.volume)) return HoldsDay::no;
    const auto apart = [](std::int64_t x, std::int64_t y) { return static_cast<double>(x - y); };
    if (std::abs(apart(b.high[i].raw, day.high)) < 0.6 * unit && std::abs(apart(b.low[i].raw, day.low)) < 0.6 * unit) return HoldsDay::wholly;
    const double covered = apart(std::min(b.high[i].raw, day.high), std::max(b.low[i].raw, day.low));
    return volumes && covered > 0.8 * apart(day.high, day.low) ? HoldsDay::likely : HoldsDay::no;
}

/// Bars that hold their day, by the time of day, in minutes of UTC.
class DaysAtTimes {
  public:
    void see_bar(std::int64_t minute) { ++all_[minute]; }
    void see_whole(std::int64_t minute) { ++whole_[minute]; }
    /// Of three days or more, an hour to either side included: summer time moves a source's midnight.
    bool repeats(std::int64_t minute) const { return count(whole_, minute - 60) + count(whole_, minute) + count(whole_, minute + 60) >= 3; }
    /// So many of all bars of that time hold their day, that chance does not make them.
    bool is_share(std::int64_t minute, std::int64_t parts) const {
        return count(whole_, minute) >= 3 && parts * count(whole_, minute) >= count(all_, minute);
    }
    bool is_rule(std::int64_t minute) const { return is_share(minute - 60, 2) || is_share(minute, 2) || is_share(minute + 60, 2); }

  private:
    using Counts = std::map<std::int64_t, std::int64_t>;
    static std::int64_t count(const Counts& counts, std::int64_t minute) {
        constexpr std::int64_t day = nanos_per_day / nanos_per_minute;
        const auto found = counts.find((minute + day) % day);
        return found == counts.end() ? 0 : found->second;
    }
    Counts all_, whole_;
};

void find_days(const BarColumns& bars, bool volumes, std::vector<Suspect>& out) {
    const Timeframe timeframe = bars.key.timeframe;
    if (duration_nanos(timeframe) > nanos_per_hour || bars.size() < 24) return;
    DaysAtTimes times;
    const std::vector<double> deviation = local_deviation(bars);
    std::vector<std::pair<std::size_t, HoldsDay>> found;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        times.see_bar(minute_of_day(bars.time[i]));
        if (i + 4 >= bars.size()) continue;
        const double unit = deviation[i / block_rows];
        const auto range = static_cast<double>(bars.high[i].raw - bars.low[i].raw);
        if (range < 4 * unit || (volumes && volume_of(bars, i) < 3 * volume_of(bars, i + 1))) continue;
        // Most bars are left behind by the next ones: only those that are not are worth the look at a day.
        if (bars.high[i + 1] > bars.high[i] + Price{static_cast<std::int64_t>(unit)} ||
            bars.low[i + 1] < bars.low[i] - Price{static_cast<std::int64_t>(unit)})
            continue;
        const HoldsDay holds = holds_day(bars, i, unit, volumes);
        if (holds == HoldsDay::wholly) times.see_whole(minute_of_day(bars.time[i]));
        if (holds != HoldsDay::no) found.emplace_back(i, holds);
    }
    for (const auto& [row, holds] : found) {
        const std::int64_t at = minute_of_day(bars.time[row]);
        const bool wholly = holds == HoldsDay::wholly;
        // Without volumes only the repetition proves it: chance makes a tenth of the bars of an hour look so.
        if (!(wholly ? (volumes ? times.repeats(at) : times.is_share(at, 3)) : times.is_rule(at))) continue;
        out.push_back({"day_in_bar", row,
                       fmt::format("{}: high {} and low {} are {} the whole day{}: the bar knows its future", to_iso8601(bars.time[row]),
                                   price(bars, bars.high[row]), price(bars, bars.low[row]), wholly ? "those of" : "nearly those of",
                                   volumes ? ", and so is its volume" : "")});
    }
}

void find_misfits(const BarColumns& bars, std::vector<Suspect>& out) {
    if (duration_nanos(bars.key.timeframe) < 15 * nanos_per_minute || duration_nanos(bars.key.timeframe) >= nanos_per_day) return;
    std::map<std::int64_t, std::vector<std::int64_t>> volumes;
    for (std::size_t i = 0; i < bars.size(); ++i)
        if (bars.volume[i].raw > 0) volumes[minute_of_day(bars.time[i])].push_back(bars.volume[i].raw);
    std::map<std::int64_t, std::int64_t> usual;
    for (auto& [minute, values] : volumes) usual[minute] = median(values);
    for (std::size_t i = 0; i + 1 < bars.size(); ++i) {
        const std::int64_t at_hour = usual[minute_of_day(bars.time[i])];
        const double volume = volume_of(bars, i);
        if (at_hour == 0 || volume < 20.0 * static_cast<double>(at_hour) || volume < 8 * volume_of(bars, i + 1)) continue;
        if (std::ranges::find(out, i, &Suspect::row) != out.end()) continue;  // it is known whose volume that is
        out.push_back({"misfit_bar", i,
                       fmt::format("{}: the volume {} is {} times the usual one of that hour; opened at {} after a close at {}: the "
                                   "bar seems to hold another span",
                                   to_iso8601(bars.time[i]), to_decimal(bars.volume[i], 0), bars.volume[i].raw / at_hour,
                                   price(bars, bars.open[i]), price(bars, bars.close[i == 0 ? 0 : i - 1]))});
    }
}

void find_flat(const BarColumns& bars, std::vector<Suspect>& out) {
    for (std::size_t i = 1; i < bars.size(); ++i) {
        if (bars.high[i] != bars.low[i] || bars.volume[i].raw != 0) continue;
        const bool first = out.empty() || out.back().kind != "flat";
        out.push_back({"flat", i, first ? to_iso8601(bars.time[i]) + ": no movement and no volume, as if filled in by the source" : ""});
    }
}

}  // namespace

std::vector<double> local_deviation(const BarColumns& bars) {
    std::vector<double> out;
    std::vector<std::int64_t> change;
    for (std::size_t from = 0; from < bars.size(); from += block_rows) {
        // A short last block is judged with the rows before it.
        const std::size_t begin = bars.size() - from < block_rows && from >= block_rows ? bars.size() - block_rows : from;
        change.clear();
        for (std::size_t i = std::max<std::size_t>(begin, 1); i < std::min(begin + block_rows, bars.size()); ++i)
            change.push_back(std::abs(bars.close[i].raw - bars.close[i - 1].raw));
        out.push_back(std::max(1.4826 * static_cast<double>(median(change)), static_cast<double>(unit_of(bars))));
    }
    // The quiet of a holiday makes no spike of what is usual else.
    std::vector<double> sorted = out;
    const double usual = median(sorted);
    for (double& deviation : out) deviation = std::max(deviation, usual);
    return out;
}

std::vector<Suspect> find_suspects(const BarColumns& bars) {
    std::vector<Suspect> out;
    if (bars.size() == 0 || is_single_valued(bars)) return out;
    const bool volumes = has_volumes(bars);
    if (volumes) find_flat(bars, out);
    if (!volumes && std::ranges::all_of(bars.volume, [](Quantity q) { return q.raw == 0; }))
        out.push_back({"no_volume", 0, "the volume is always zero: it says nothing"});
    find_days(bars, volumes, out);
    if (volumes) find_misfits(bars, out);
    find_spikes(bars, out);
    return out;
}

}  // namespace aitrading::market
