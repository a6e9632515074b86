#include "market/history/tick_minutes.hpp"

#include <algorithm>

#include "market/history/row_stream.hpp"

namespace aitrading::market {

Result<TickMinutes> scan_tick_minutes(const std::filesystem::path& path, const ImportOptions& options) {
    constexpr std::size_t minutes_max = 2'000'000;  // five years of trading tell a clock
    ImportOptions silent = options;
    silent.progress = nullptr;
    TRY(RowStream rows, RowStream::open(path, silent));
    TickMinutes out;
    ParsedRow row;
    std::int64_t low = 0, high = 0;
    while (out.wall_nanos.size() < minutes_max) {
        TRY(const bool more, rows.next(row));
        if (!more) break;
        const std::int64_t minute = row.stamp.wall_nanos / nanos_per_minute * nanos_per_minute, bid = row.bid[3].raw;
        if (out.wall_nanos.empty() || out.wall_nanos.back() != minute) {
            out.wall_nanos.push_back(minute);
            out.range.push_back(0);
            low = high = bid;
        }
        low = std::min(low, bid), high = std::max(high, bid);
        out.range.back() = high - low;
    }
    return out;
}

}  // namespace aitrading::market
