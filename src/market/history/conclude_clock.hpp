#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "market/calendar/clock.hpp"
#include "market/history/detect_clock.hpp"
#include "market/history/layout.hpp"

namespace aitrading::market {

/// All that may tell the clock of a file.
struct ClockEvidence {
    std::string_view asked;               ///< `--timezone`, empty where not given
    const OpenLayout* layout = nullptr;   ///< its documented clock
    bool times_state_offset = false;      ///< each time names its offset
    bool times_are_epochs = false;        ///< each time counts seconds since 1970
    bool times_are_dates = false;         ///< no time has a time of day
    bool may_ask = true;                  ///< false: where nothing tells, the layout's clock is taken
    std::span<const std::int64_t> wall_nanos;  ///< in time order
    std::span<const std::int64_t> range;       ///< high minus low of each row, or empty
    std::span<const Quantity> volume;          ///< of each row, or empty
    std::int64_t step_nanos = 0;               ///< usual distance of rows
    std::string_view symbol;
};

/// How a clock became known.
enum class ClockSource : std::uint8_t { stated, asked, dates, data, documented, assumed };
std::string_view name(ClockSource source);

struct ClockConclusion {
    Clock clock = Clock::utc();
    ClockSource source = ClockSource::stated;
    double probability = 1;            ///< by the data; 1 where it was stated or asked for
    std::vector<ClockPiece> pieces;    ///< found in the data, also where they did not decide
    std::vector<std::string> reasons;  ///< evidence in numbers
    std::string warning;               ///< empty where nothing was assumed
};

/// Decides in which clock a file is written: `--timezone`, else the offsets in its times, else what the data show (the
/// layout's documented clock counts as prior), else the layout's documented clock, which is said.
/// @errors usage (unknown zone), bad_input (nothing tells: asks for --timezone)
Result<ClockConclusion> conclude_clock(const ClockEvidence& evidence, const std::filesystem::path& path);

}  // namespace aitrading::market
