#include "insight/correlation/stress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace aitrading::insight {
namespace {

UnixNanos day(int year, int month, int day_of_month) { return from_civil({year, month, day_of_month}); }

double finite_or_zero(double value) { return std::isfinite(value) ? value : 0.0; }

/// Profit over rows [from, to): each position's log returns add up.
void replay_rows(const AlignedReturns& rows, std::span<const double> value, std::size_t from, std::size_t to, StressResult& out) {
    out.component.assign(value.size(), 0.0);
    out.rows = to - from;
    out.profit = 0;
    for (std::size_t j = 0; j < value.size(); ++j) {
        double move = 0;
        for (std::size_t i = from; i < to; ++i) move += finite_or_zero(rows.values[i * rows.columns() + j]);
        out.component[j] = value[j] * std::expm1(move);
        out.profit += out.component[j];
    }
}

std::string why_missing(const AlignedReturns& rows, std::span<const double> value, const Episode& episode, std::size_t from, std::size_t to) {
    for (std::size_t j = 0; j < value.size(); ++j) {
        if (value[j] == 0) continue;
        const SeriesCoverage& told = rows.coverage[j];
        if (told.first > episode.from) return fmt::format("{} begins at {}", told.name, to_iso8601(told.first).substr(0, 10));
        if (told.last < episode.to) return fmt::format("{} ends at {}", told.name, to_iso8601(told.last).substr(0, 10));
        bool any = false;
        for (std::size_t i = from; i < to; ++i) any = any || std::isfinite(rows.values[i * rows.columns() + j]);
        if (!any) return fmt::format("{} has no return inside", told.name);
    }
    return "";
}

}  // namespace

std::vector<Episode> known_episodes() {
    return {{"Lehman Brothers", day(2008, 9, 12), day(2008, 10, 25)},
            {"Flash crash", day(2010, 5, 6), day(2010, 5, 7)},
            {"Swiss floor set", day(2011, 9, 5), day(2011, 9, 7)},
            {"Taper tantrum", day(2013, 5, 22), day(2013, 6, 25)},
            {"Swiss floor dropped", day(2015, 1, 15), day(2015, 1, 16)},
            {"Yuan devalued, stocks fall", day(2015, 8, 11), day(2015, 8, 26)},
            {"UK referendum", day(2016, 6, 23), day(2016, 6, 28)},
            {"Sterling flash crash", day(2016, 10, 6), day(2016, 10, 8)},
            {"US election", day(2016, 11, 8), day(2016, 11, 11)},
            {"Volatility spike", day(2018, 2, 2), day(2018, 2, 9)},
            {"Yen flash crash", day(2019, 1, 2), day(2019, 1, 4)}};
}

StressResult replay_episode(const AlignedReturns& rows, std::span<const double> value, const Episode& episode) {
    CHECK(value.size() == rows.columns());
    StressResult out;
    out.episode = episode;
    const auto from = static_cast<std::size_t>(std::ranges::upper_bound(rows.known, episode.from) - rows.known.begin());
    const auto to = static_cast<std::size_t>(std::ranges::upper_bound(rows.known, episode.to) - rows.known.begin());
    out.missing = why_missing(rows, value, episode, from, to);
    if (out.missing.empty()) replay_rows(rows, value, from, to, out);
    return out;
}

std::vector<StressResult> worst_windows(const AlignedReturns& rows, std::span<const double> value, std::size_t length, std::size_t count) {
    CHECK(value.size() == rows.columns() && length >= 1);
    std::vector<StressResult> all;
    for (std::size_t from = 0; from + length <= rows.rows(); ++from) {
        StressResult window;
        replay_rows(rows, value, from, from + length, window);
        if (window.profit >= 0) continue;
        window.episode.from = from > 0 ? rows.known[from - 1] : rows.known[from];
        window.episode.to = rows.known[from + length - 1];
        all.push_back(std::move(window));
    }
    std::ranges::stable_sort(all, {}, &StressResult::profit);
    std::vector<StressResult> out;
    for (StressResult& window : all) {
        if (out.size() == count) break;
        const bool shares = std::ranges::any_of(out, [&](const StressResult& o) {
            return window.episode.from < o.episode.to && o.episode.from < window.episode.to;
        });
        if (!shares) out.push_back(std::move(window));
    }
    return out;
}

}  // namespace aitrading::insight
