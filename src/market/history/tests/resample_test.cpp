// Longer bars by time, their days and sides, and bars that end by what happens.
#include "market/history/resample.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/random.hpp"
#include "market/history/event_bars.hpp"
#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

using testing::HasSubstr;

std::string begin(const char* time, Timeframe to, DayStart day) {
    return to_iso8601(bar_span(*parse_iso8601(time), to, day).from);
}

TEST(BarSpan, days_of_new_york_begin_at_17_in_summer_and_winter) {
    const DayStart day = DayStart::new_york;
    EXPECT_EQ(begin("2018-01-03T21:59:59Z", Timeframe::d1, day), "2018-01-02T22:00:00Z");
    EXPECT_EQ(begin("2018-01-03T22:00:00Z", Timeframe::d1, day), "2018-01-03T22:00:00Z");
    EXPECT_EQ(begin("2018-07-03T20:59:59Z", Timeframe::d1, day), "2018-07-02T21:00:00Z");
    EXPECT_EQ(begin("2018-07-03T21:00:00Z", Timeframe::d1, day), "2018-07-03T21:00:00Z");
    EXPECT_EQ(begin("2018-07-03T21:00:00Z", Timeframe::h4, day), "2018-07-03T20:00:00Z");
}

TEST(BarSpan, sunday_evening_is_mondays_and_begins_the_week) {
    const DayStart day = DayStart::new_york;
    EXPECT_EQ(begin("2018-01-07T22:30:00Z", Timeframe::d1, day), begin("2018-01-08T12:00:00Z", Timeframe::d1, day));
    EXPECT_EQ(begin("2018-01-07T22:30:00Z", Timeframe::w1, day), "2018-01-07T22:00:00Z");
    EXPECT_EQ(begin("2018-01-12T21:59:00Z", Timeframe::w1, day), "2018-01-07T22:00:00Z");
    EXPECT_EQ(begin("2018-03-11T21:30:00Z", Timeframe::w1, day), "2018-03-11T21:00:00Z");  // summer time began that day
    EXPECT_EQ(begin("2018-01-07T22:30:00Z", Timeframe::w1, DayStart::utc), "2018-01-01T00:00:00Z");
    EXPECT_EQ(begin("2018-01-31T22:30:00Z", Timeframe::mn1, day), "2018-01-31T22:00:00Z");
    EXPECT_EQ(begin("2018-01-31T22:30:00Z", Timeframe::mn1, DayStart::utc), "2018-01-01T00:00:00Z");
}

TEST(BarSpan, spans_join_without_gaps) {
    for (const DayStart day : {DayStart::utc, DayStart::new_york})
        for (const Timeframe to : {Timeframe::h4, Timeframe::d1, Timeframe::w1, Timeframe::mn1}) {
            UnixNanos time = *parse_iso8601("2017-12-20T03:00:00Z");
            while (time < *parse_iso8601("2019-02-01")) {
                const TimeRange span = bar_span(time, to, day);
                ASSERT_TRUE(span.contains(time));
                ASSERT_EQ(bar_span({span.to.value - 1}, to, day).from, span.from);
                ASSERT_EQ(bar_span(span.to, to, day).from, span.to);
                time = {span.to.value + nanos_per_minute};
            }
        }
}

TEST(UsualDayStart, is_new_york_but_for_markets_that_never_close) {
    EXPECT_EQ(usual_day_start("EURUSD"), DayStart::new_york);
    EXPECT_EQ(usual_day_start("BTCUSDT"), DayStart::utc);
}

TickColumns walk(int rows) {
    SplitMix64 random(7);
    TickColumns out;
    out.digits = 5;
    std::int64_t time = parse_iso8601("2018-01-05T20:00:00Z")->value, price = 110'000;
    for (int i = 0; i < rows; ++i) {
        time += static_cast<std::int64_t>(random.next() % 60'000) * 1'000'000;
        price += static_cast<std::int64_t>(random.next() % 5) - 2;
        out.append({{time}, {price * 10'000}, {(price + static_cast<std::int64_t>(random.next() % 9)) * 10'000},
                    {static_cast<std::int64_t>(random.next() % 9) * 1'000'000}, {1'500'000}});
    }
    return out;
}

/// The same ticks in batches of random sizes.
template <class Add>
void in_batches(const TickColumns& ticks, std::uint64_t seed, const Add& add) {
    SplitMix64 random(seed);
    for (std::size_t at = 0; at < ticks.size();) {
        TickColumns batch;
        batch.digits = ticks.digits;
        for (std::size_t left = random.next() % 300; left > 0 && at < ticks.size(); --left) batch.append(ticks.tick(at++));
        add(batch);
    }
}

TEST(Resample, bars_from_ticks_are_the_same_in_any_batches) {
    const TickColumns ticks = walk(20'000);
    for (const Prices prices : {Prices::as_they_are, Prices::mid})
        for (const Timeframe to : {Timeframe::m1, Timeframe::h1, Timeframe::d1, Timeframe::w1}) {
            const auto bars = [&](std::uint64_t seed) {
                BarResampler resampler({"X", Timeframe::ticks}, to, 5, DayStart::new_york, prices);
                in_batches(ticks, seed, [&](const TickColumns& batch) { resampler.add(batch); });
                return resampler.take();
            };
            const BarColumns first = bars(1), second = bars(2);
            EXPECT_GT(first.size(), 1U);
            EXPECT_TRUE(first.time == second.time && first.open == second.open && first.high == second.high && first.low == second.low);
            EXPECT_TRUE(first.close == second.close && first.volume == second.volume && first.ask_high == second.ask_high &&
                        first.spread == second.spread);
        }
}

TEST(EventBars, are_the_same_in_any_batches) {
    const TickColumns ticks = walk(20'000);
    for (const char* rule : {"ticks:77", "volume:1e3", "imbalance:50"}) {
        std::vector<std::string> made;
        for (const std::uint64_t seed : {1, 2, 3}) {
            EventBarBuilder builder(*parse_event_rule(rule));
            std::string text;
            in_batches(ticks, seed, [&](const TickColumns& batch) {
                EventBar bar;
                for (std::size_t i = 0; i < batch.size(); ++i)
                    if (builder.add(batch.tick(i), bar))
                        text += fmt::format("{} {} {} {} {}\n", bar.begin.value, bar.end.value, bar.ticks, bar.high.raw, bar.imbalance);
            });
            made.push_back(text);
        }
        EXPECT_GT(made[0].size(), 1000U) << rule;
        EXPECT_EQ(made[0], made[1]);
        EXPECT_EQ(made[0], made[2]);
    }
}

TEST(EventBars, of_volume_end_with_the_tick_that_reaches_it) {
    EventBarBuilder builder(*parse_event_rule("volume:10"));
    EventBar bar;
    const auto tick = [](std::int64_t price, std::int64_t size) { return Tick{{price}, {price}, {price + 1}, {size * 500'000}, {size * 500'000}}; };
    EXPECT_FALSE(builder.add(tick(5, 4), bar));
    EXPECT_FALSE(builder.add(tick(9, 5), bar));
    EXPECT_TRUE(builder.add(tick(2, 6), bar));
    EXPECT_EQ(bar.volume.raw, 15'000'000);
    EXPECT_EQ(bar.ticks, 3);
    EXPECT_EQ((std::vector{bar.open.raw, bar.high.raw, bar.low.raw, bar.close.raw, bar.ask_close.raw}), (std::vector<std::int64_t>{5, 9, 2, 2, 3}));
    EXPECT_FALSE(builder.add(tick(2, 9), bar));
}

TEST(EventBars, of_imbalance_agree_with_a_plain_reading_of_the_definition) {
    std::ifstream in(std::string(AIT_SOURCE_DIR) + "/" + AIT_ROOM_DIR + "/tests/golden/imbalance.txt");
    ASSERT_TRUE(in.is_open());
    EventBarBuilder builder(*parse_event_rule("imbalance:40"));
    std::vector<std::pair<std::int64_t, std::int64_t>> made, expected;
    std::string first;
    while (in >> first && first != "bars") {
        std::int64_t ask = 0;
        in >> ask;
        EventBar bar;
        if (builder.add({{}, {std::stoll(first)}, {ask}, {}, {}}, bar)) made.emplace_back(bar.ticks, bar.imbalance);
    }
    for (std::int64_t ticks = 0, imbalance = 0; in >> ticks >> imbalance;) expected.emplace_back(ticks, imbalance);
    ASSERT_GT(expected.size(), 10U);
    EXPECT_EQ(made, expected);
}

TEST(EventBars, rules_that_are_none_are_refused) {
    for (const char* rule : {"ticks:", "ticks:0", "ticks:1.5", "volume:-1", "dollar:5", "M7", "imbalance:x"})
        EXPECT_EQ(parse_event_rule(rule).error().code, ErrorCode::usage) << rule;
}

TEST(EventBars, go_to_a_file_and_want_sizes_for_volume) {
    UtcFolder folder;
    std::string text = "time,bid,ask\n";
    for (int i = 0; i < 25; ++i) text += fmt::format("2018-01-02T00:00:{:02}Z,1.1{},1.2\n", i, i % 10);
    ASSERT_TRUE(folder.import(folder.write("EURUSD.csv", text)).has_value());
    const auto out = folder.path() / "bars.csv";
    EXPECT_EQ(*export_event_bars(folder.store(), "EURUSD", *parse_event_rule("ticks:10"), out), 2);
    std::ifstream in(out);
    std::string header, row;
    std::getline(in, header), std::getline(in, row);
    EXPECT_EQ(header, "time,close_time,open,high,low,close,ask_close,volume,ticks,imbalance");
    EXPECT_EQ(row, "2018-01-02T00:00:00Z,2018-01-02T00:00:09Z,1.10,1.19,1.10,1.19,1.20,0.000000,10,9");
    const auto refused = export_event_bars(folder.store(), "EURUSD", *parse_event_rule("volume:10"), folder.path() / "v.csv");
    EXPECT_THAT(refused.error().text, HasSubstr("no sizes"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "v.csv"));
}

TEST(Resample, mid_of_both_sides_with_the_spread_at_the_close) {
    UtcFolder folder;
    ASSERT_TRUE(folder.import(folder.write("EURUSD.csv", "time,bid,ask\n2018-01-02T00:00:00Z,1.1000,1.1003\n2018-01-02T00:00:20Z,1.1010,1.1011\n"
                                                         "2018-01-02T00:00:40Z,1.1000,1.1002\n")).has_value());
    ResampleOptions mid{DayStart::utc, Prices::mid, "MID"};
    ASSERT_TRUE(resample_stored(folder.store(), {"EURUSD", Timeframe::ticks}, Timeframe::m1, mid).has_value());
    const auto bars = folder.store().read_bars({"MID", Timeframe::m1}, {});
    EXPECT_EQ(bars->open[0].raw, 1'100'150'000);
    EXPECT_EQ(bars->high[0].raw, 1'101'050'000);
    EXPECT_EQ(bars->close[0].raw, 1'100'100'000);
    EXPECT_EQ(bars->spread[0].raw, 200'000);
    EXPECT_EQ(bars->digits, 5);
    EXPECT_FALSE(bars->has_ask());
    ASSERT_TRUE(resample_stored(folder.store(), {"EURUSD", Timeframe::ticks}, Timeframe::m1).has_value());
    EXPECT_TRUE(resample_stored(folder.store(), {"EURUSD", Timeframe::m1}, Timeframe::m1, {DayStart::utc, Prices::mid, "MID1"}).has_value());
    EXPECT_EQ(folder.store().read_bars({"MID1", Timeframe::m1}, {})->close[0].raw, 1'100'100'000);
    EXPECT_EQ(resample_stored(folder.store(), {"MID", Timeframe::m1}, Timeframe::h1, mid).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace aitrading::market
