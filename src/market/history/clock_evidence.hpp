#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/fixed.hpp"

namespace aitrading::market {

/// A pause inside a trading week, in minutes of the week (see week_begin).
struct Pause {
    std::int64_t from = 0, to = 0;
};

/// What one trading week of a file shows of its clock. Minutes count from the week's begin, Saturday 12:00 on the file's
/// own clock; -1 where the week does not show it (the file begins or ends in it, or trades through the weekend).
struct WeekSeen {
    std::int64_t week = 0;
    std::int64_t open = -1;   ///< first row after the weekend
    std::int64_t close = -1;  ///< end of the last row before the next one
    std::int64_t burst = -1;  ///< minute of the day of the widest bar of the month's first Friday
    std::int64_t decision = -1;  ///< of the half hour (or longer bar) of the largest ranges from 12:00 of a day of a Federal
                                 ///< Reserve decision to 12:00 of the next
    std::vector<Pause> pauses;  ///< the first eight of 25 minutes to 3 hours
    std::int64_t nights = 0;    ///< pauses of 3 to 24 hours
};

inline constexpr std::int64_t decision_slot_minutes = 30;

struct ClockTraces {
    std::int64_t step_minutes = 0;  ///< usual distance of rows
    std::int64_t rows = 0;
    std::vector<WeekSeen> weeks;    ///< in time order
    std::int64_t weekends = 0, weekends_traded = 0;
};

/// Reads the traces from rows in time order. Rows that step back are passed over.
/// @param wall_nanos times on the file's clock   @param range high minus low of each row, or empty
/// @param volume of each row, or empty: a bar of a quarter of an hour or more that ends a week with less than a fiftieth of
///        the volume before it holds a quote that came after the close, and is passed over
/// @param step_nanos usual distance of the rows, a whole number of minutes   @complexity O(rows)
ClockTraces trace_clock(std::span<const std::int64_t> wall_nanos, std::span<const std::int64_t> range, std::span<const Quantity> volume,
                        std::int64_t step_nanos);

}  // namespace aitrading::market
