#include "market/history/tick_spikes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <vector>

#include "base/random.hpp"
#include "market/history/check_series.hpp"
#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

/// Quotes of a quiet market, a second apart, moves of up to three points.
std::vector<Tick> quiet(int count) {
    std::vector<Tick> out;
    SplitMix64 random(4);
    std::int64_t price = 1'100'000'000;
    UnixNanos time = from_civil({2018, 1, 3, 9});
    for (int i = 0; i < count; ++i, time.value += nanos_per_second) {
        price += (static_cast<std::int64_t>(random.next() % 7) - 3) * 10'000;
        out.push_back({time, {price}, {price + 90'000}, {}, {}});
    }
    return out;
}

std::vector<TickSpike> spikes_of(const std::vector<Tick>& ticks) {
    TickSpikes finder;
    std::vector<TickSpike> out;
    for (std::size_t i = 0; i < ticks.size(); ++i)
        if (const auto spike = finder.see(ticks[i], static_cast<std::int64_t>(i) + 1, 5)) out.push_back(*spike);
    return out;
}

TEST(TickSpikes, see_nothing_in_a_quiet_market) { EXPECT_TRUE(spikes_of(quiet(20'000)).empty()); }

TEST(TickSpikes, see_a_leap_of_one_side_and_one_of_several_ticks) {
    std::vector<Tick> ticks = quiet(2'000);
    ticks[500].bid.raw -= 50'000'000;
    for (std::size_t i = 1'000; i < 1'003; ++i) ticks[i].ask.raw += 40'000'000;
    const auto found = spikes_of(ticks);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].row, 501);
    EXPECT_EQ(found[0].ticks, 1);
    EXPECT_EQ(found[0].far, ticks[500].bid);
    EXPECT_EQ(found[0].before, ticks[499].bid);
    EXPECT_EQ(found[0].after, ticks[501].bid);
    EXPECT_EQ(found[1].row, 1'001);
    EXPECT_EQ(found[1].ticks, 3);
    EXPECT_GT(found[1].deviations, 40);
}

TEST(TickSpikes, a_price_that_stays_is_a_move_and_one_after_a_pause_is_not_judged) {
    std::vector<Tick> ticks = quiet(2'000);
    for (std::size_t i = 1'000; i < ticks.size(); ++i) ticks[i].bid.raw += 50'000'000, ticks[i].ask.raw += 50'000'000;
    EXPECT_TRUE(spikes_of(ticks).empty());
    ticks = quiet(2'000);
    for (std::size_t i = 1'000; i < ticks.size(); ++i) ticks[i].time.value += nanos_per_hour;
    ticks[1'000].bid.raw += 50'000'000, ticks[1'000].ask.raw += 50'000'000;
    EXPECT_TRUE(spikes_of(ticks).empty());
}

TEST(TickSpikes, are_named_at_import_and_by_the_check) {
    UtcFolder folder;
    std::vector<Tick> ticks = quiet(400);
    ticks[300].bid.raw -= 50'000'000;
    std::string text = "time,bid,ask\n";
    for (const Tick& t : ticks) text += to_iso8601(t.time) + "," + to_decimal(t.bid, 5) + "," + to_decimal(t.ask, 5) + "\n";
    const auto report = folder.import(folder.write("EURUSD.csv", text));
    ASSERT_TRUE(report.has_value()) << report.error().text;
    const auto named = std::ranges::find(report->defects, "spike", &Defect::kind);
    ASSERT_NE(named, report->defects.end());
    EXPECT_EQ(named->row, 302);
    const auto check = check_series(folder.store(), report->key);
    ASSERT_TRUE(check.has_value());
    const auto again = std::ranges::find(check->defects, "spike", &Defect::kind);
    ASSERT_NE(again, check->defects.end());
    EXPECT_EQ(again->count, 1);
    EXPECT_NE(again->text.find("robust deviations"), std::string::npos) << again->text;
    ASSERT_FALSE(check->findings.empty());
}

}  // namespace
}  // namespace aitrading::market
