#include <gtest/gtest.h>

#include <vector>

#include "base/random.hpp"
#include "market/bridge/live_bars.hpp"
#include "market/history/resample.hpp"

namespace aitrading::market {
namespace {

/// Quotes over some weeks, weekends and a change of summer time included, with waits from a second to hours.
TickColumns made_ticks() {
    SplitMix64 random(5);
    TickColumns ticks;
    ticks.key = {"EURUSD", Timeframe::ticks};
    std::int64_t time = from_civil({2017, 3, 1}).value, bid = 1'050'000'000;
    for (int i = 0; i < 20'000; ++i) {
        time += static_cast<std::int64_t>(1 + random.next_below(240)) * nanos_per_second;
        if (i % 2'000 == 1'999) time += 50 * nanos_per_hour;
        bid += static_cast<std::int64_t>(random.next_below(21)) * 10'000 - 100'000;
        ticks.append({{time}, {bid}, {bid + static_cast<std::int64_t>(random.next_below(5)) * 10'000}, {}, {}});
    }
    return ticks;
}

struct Parity {
    Timeframe timeframe;
    DayStart day;
};
void PrintTo(const Parity& p, std::ostream* out) { *out << name(p.timeframe) << (p.day == DayStart::utc ? " utc" : " new york"); }

class LiveBarsParity : public testing::TestWithParam<Parity> {};

// Two ways to the same bars: tick by tick as they come, and a stored series in columns.
TEST_P(LiveBarsParity, live_bars_are_those_of_the_stored_series) {
    const TickColumns ticks = made_ticks();
    BarResampler resampler(ticks.key, GetParam().timeframe, 5, GetParam().day);
    resampler.add(ticks);
    const BarColumns stored = resampler.take();
    LiveBars live(GetParam().timeframe, GetParam().day);
    std::size_t at = 0;
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        const auto closed = live.add(ticks.tick(i));
        if (!closed) continue;
        ASSERT_LT(at, stored.size());
        EXPECT_EQ(closed->bar, stored.bar(at));
        EXPECT_EQ(closed->ask_open, stored.ask_open[at]);
        EXPECT_EQ(closed->ask_high, stored.ask_high[at]);
        EXPECT_EQ(closed->ask_low, stored.ask_low[at]);
        EXPECT_EQ(closed->ask_close, stored.ask_close[at]);
        EXPECT_LE(closed->known, ticks.time[i]);
        ++at;
    }
    EXPECT_EQ(at + 1, stored.size()) << "the last bar has not ended";
}

INSTANTIATE_TEST_SUITE_P(Timeframes, LiveBarsParity,
                         testing::Values(Parity{Timeframe::m1, DayStart::utc}, Parity{Timeframe::m30, DayStart::new_york}, Parity{Timeframe::h4, DayStart::utc},
                                         Parity{Timeframe::d1, DayStart::utc}, Parity{Timeframe::d1, DayStart::new_york}, Parity{Timeframe::w1, DayStart::new_york}));

}  // namespace
}  // namespace aitrading::market
