#pragma once

#include <string>

#include "domain/market.hpp"
#include "market/history/conclude_clock.hpp"
#include "market/history/row_stream.hpp"

namespace aitrading::market {

/// Sound bars of one file in time order, and what was concluded on the way. `bars.key` is complete.
struct CollectedBars {
    BarColumns bars;
    std::string timezone;
    ClockConclusion clock;
    std::vector<std::string> warnings;
};

/// What to do where symbol or timeframe cannot be told: a stored series needs both, a file used once does not.
enum class UnknownNames : std::uint8_t { refused, accepted };

/// Reads all rows, decides direction, clock and timeframe, refuses rows out of order, doubled or after `now`.
/// Newest-first files are reversed, which is said. @errors bad_input, usage, interrupted
Result<CollectedBars> collect_bars(RowStream& rows, const ImportOptions& options, const std::filesystem::path& path,
                                   UnknownNames unknown = UnknownNames::refused);

}  // namespace aitrading::market
