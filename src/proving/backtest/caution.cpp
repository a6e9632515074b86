#include "proving/backtest/caution.hpp"

#include <fmt/format.h>

namespace aitrading::backtest {

std::optional<std::string> rollover_caution(const RunResult& result, bool one_sided) {
    const bool all_listed = static_cast<std::int64_t>(result.trade_list.size()) == result.trades;
    if (!one_sided || !all_listed || result.net.raw <= 0) return std::nullopt;
    if (result.series.timeframe == Timeframe::d1 || result.series.timeframe == Timeframe::w1) return std::nullopt;
    // Decided on the bar that closes as the trade opens: that bar's hour counts.
    const std::int64_t bar = duration_nanos(result.series.timeframe);
    Money inside;
    std::int64_t count = 0;
    for (const Trade& trade : result.trade_list) {
        const int hour = to_civil({trade.opened.value - bar}).hour;
        if (hour < rollover_hour_first || hour >= rollover_hour_last) continue;
        inside += trade.net;
        ++count;
    }
    if (inside.raw * 2 <= result.net.raw) return std::nullopt;
    return fmt::format("{} of the {} net come from {} trades decided {}-{} UTC, around the rollover, where a series of bids "
                       "alone swings with the spread: that part cannot be traded. Use a series with bid and ask.",
                       to_decimal(inside, 2), to_decimal(result.net, 2), count, rollover_hour_first, rollover_hour_last);
}

}  // namespace aitrading::backtest
