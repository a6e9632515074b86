#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "market/calendar/market_week.hpp"
#include "market/history/clock_evidence.hpp"

namespace aitrading::market {

/// A run of weeks in one clock.
struct ClockPiece {
    std::string clock;
    std::int64_t first_week = 0, last_week = 0;  ///< see week_of
    std::int64_t weeks = 0;                      ///< of which the file has rows
    std::int64_t ahead_of_main = 0;              ///< minutes, mostly, ahead of the clock of the longest piece
};

/// What the data themselves say of the clock they are written in.
struct ClockFinding {
    std::string clock;            ///< as for `--timezone`; empty where the data do not tell
    double probability = 0;       ///< that every row becomes the right instant by it
    std::vector<ClockPiece> pieces;
    std::vector<std::string> reasons;  ///< the evidence in numbers, or why there is none
};

/// The probability from which on a finding counts.
inline constexpr double clock_probability_min = 0.95;

/// Finds the clock, or the clocks one after the other, under which the weeks open and close, the daily break lies and the
/// United States' payrolls and rate decisions come when they do in New York. Viterbi path over clock_candidates, one state a week; within a
/// trading week no clock changes. Says nothing where the market's hours are not the usual ones, where it trades through
/// weekends, or where several clocks that give other instants fit nearly as well.
/// @param expected the layout's documented clock: counts as prior only   @errors usage (expected is no clock)
Result<ClockFinding> detect_clock(const ClockTraces& traces, MarketKind kind, std::string_view expected);

/// Saturday before a week of the file, as a date of its clock.
std::string week_date(std::int64_t week);

}  // namespace aitrading::market
