#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/market.hpp"
#include "market/calendar/market_week.hpp"
#include "market/history/suspects.hpp"

namespace aitrading::market {

/// A run of bars that are missing while the market is open.
struct MissingRun {
    std::size_t row = 0;        ///< first bar after it
    UnixNanos from, to;         ///< last bar before, first bar after
    std::int64_t bars = 0;      ///< missing ones at which the market is open
    UnixNanos begin, end;       ///< the first of these opens, the last of these closes
};

/// Runs of missing bars outside weekends, daily breaks and holidays, in time order. A market of which most weekends hold bars
/// is taken to trade around the clock. @complexity O(rows + missing bars)
std::vector<MissingRun> find_missing(const BarColumns& bars, MarketKind kind);

/// What is remarkable about the times of a series:
///
/// - `gap`: runs of missing_min_minutes or more (or a single longer bar) while the market is open; `missing_week`: five days or
///   more; `thin`: more than one in 100 bars is missing in shorter runs;
/// - `hour_missing`: an hour of the New York week that is missing in more than a fifth of the weeks;
/// - `mixed_timeframe`: five or more rows in a row whose distance is another, at least four times longer timeframe;
/// - `weekend_row`: days of a daily series that are Saturdays or Sundays, where it is not a series of calendar days.
std::vector<Suspect> find_time_suspects(const BarColumns& bars, MarketKind kind);
inline constexpr std::int64_t missing_min_minutes = 30;

/// Whether a run is a week that is missing, and no long weekend: five days, three of them in open hours.
bool is_missing_week(const MissingRun& run, std::int64_t step_nanos);

/// Whether a day of a daily series is a Saturday or Sunday; one that begins in the evening belongs to the next date.
bool is_weekend_day(UnixNanos time);

/// `kind`, or around_clock where most of the weekends hold bars.
MarketKind observed_kind(const BarColumns& bars, MarketKind kind);

}  // namespace aitrading::market
