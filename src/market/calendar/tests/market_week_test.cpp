#include "market/calendar/market_week.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/result.hpp"

namespace aitrading::market {
namespace {

constexpr std::int64_t minute = 60 * nanos_per_second, hour = 60 * minute;

UnixNanos utc(const char* text) { return parse_iso8601(text).value(); }
std::int64_t hours(MarketKind kind, const char* from, const char* to) { return open_time(TradingWeek(kind), {utc(from), utc(to)}).count() / hour; }

TEST(MarketWeek, counts_the_time_in_which_trading_is_expected) {
    // 2018-01-12 is a Friday; New York is five hours behind.
    EXPECT_EQ(hours(MarketKind::currency, "2018-01-12T22:00:00Z", "2018-01-14T22:00:00Z"), 0) << "a whole weekend";
    EXPECT_EQ(hours(MarketKind::currency, "2018-01-12T20:00:00Z", "2018-01-14T23:00:00Z"), 3);
    EXPECT_EQ(hours(MarketKind::currency, "2018-01-08T22:00:00Z", "2018-01-15T22:00:00Z"), 120) << "a week";
    EXPECT_EQ(hours(MarketKind::daily_break, "2018-01-09T20:00:00Z", "2018-01-10T00:00:00Z"), 3) << "an hour's break";
    EXPECT_EQ(hours(MarketKind::around_clock, "2018-01-12T22:00:00Z", "2018-01-14T22:00:00Z"), 48);
    EXPECT_EQ(hours(MarketKind::currency, "2018-01-14T22:00:00Z", "2018-01-12T22:00:00Z"), 0) << "backwards";
    // Beyond a year all counts; nothing overflows.
    EXPECT_GT(open_time(TradingWeek(MarketKind::currency), {utc("1900-01-01T00:00:00Z"), utc("2100-01-01T00:00:00Z")}), std::chrono::hours(24 * 365 * 198));
}

TEST(MarketWeek, counts_as_a_clock_that_looks_every_minute) {
    SplitMix64 random(3);
    for (int i = 0; i < 40; ++i) {
        const auto kind = static_cast<MarketKind>(random.next_below(4));
        const std::int64_t from = utc("2017-11-01T00:00:00Z").value + static_cast<std::int64_t>(random.next_below(200 * 24 * 60)) * minute;
        const std::int64_t to = from + static_cast<std::int64_t>(random.next_below(9 * 24 * 60)) * minute;
        std::int64_t looked = 0;
        for (std::int64_t at = from; at < to; at += minute) looked += TradingWeek(kind).open_at({at}) ? minute : 0;
        EXPECT_EQ(open_time(TradingWeek(kind), {{from}, {to}}).count(), looked) << i;
    }
}

}  // namespace
}  // namespace aitrading::market
