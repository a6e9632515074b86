#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "market/calendar/clock.hpp"
#include "market/history/layout.hpp"

namespace aitrading::market {

/// All that may tell the clock of a file.
struct ClockEvidence {
    std::string_view asked;               ///< `--timezone`, empty where not given
    std::string_view layout_clock;        ///< the layout's documented default
    std::string_view layout_reason;
    bool layout_clock_is_assumed = false;
    bool times_state_offset = false;      ///< each time names its offset
    std::span<const std::int64_t> wall_nanos;  ///< times in file order; of ticks those of the first batch
    std::string_view symbol;
};

struct ClockConclusion {
    Clock clock = Clock::utc();
    std::string warning;  ///< empty where nothing was assumed
};

/// Decides in which clock a file is written: the offsets in its times, else the user, else the layout's default, which is
/// said. The one place that detection from the data itself will extend. @errors usage (unknown zone)
Result<ClockConclusion> conclude_clock(const ClockEvidence& evidence);

}  // namespace aitrading::market
