#include "market/history/check_series.hpp"

#include <gmock/gmock.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "market/history/series_quality.hpp"
#include "market/history/suspects.hpp"
#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

/// Hours of the currency market of some weeks, with volumes, nothing wrong.
BarColumns sound_hours(int weeks) {
    BarColumns bars;
    bars.key = {"EURUSD", Timeframe::h1};
    SplitMix64 random(1);
    const TradingWeek market(MarketKind::currency);
    std::int64_t price = 1'100'000'000;
    UnixNanos t = from_civil({2018, 1, 7});
    for (int i = 0; i < weeks * 168; ++i, t.value += nanos_per_hour) {
        if (!market.open_at(t)) continue;
        const std::int64_t open = price;
        price += (static_cast<std::int64_t>(random.next() % 201) - 100) * 10'000;
        const std::int64_t more = static_cast<std::int64_t>(random.next() % 50) * 10'000;
        bars.append({t, {open}, {std::max(open, price) + more}, {std::min(open, price) - more}, {price},
                     {static_cast<std::int64_t>(1'000 + random.next() % 500) * 1'000'000}});
    }
    return bars;
}

std::vector<std::string> kinds(const BarColumns& bars) {
    std::vector<std::string> out;
    for (const Suspect& s : find_suspects(bars)) out.emplace_back(s.kind);
    for (const Suspect& s : find_time_suspects(bars, MarketKind::currency)) out.emplace_back(s.kind);
    return out;
}

void drop(BarColumns& bars, std::size_t from, std::size_t to) {
    BarColumns out = bars.slice(0, from);
    for (std::size_t i = to; i < bars.size(); ++i) out.append(bars.bar(i));
    bars = std::move(out);
}

TEST(Suspects, see_nothing_in_sound_hours) { EXPECT_THAT(kinds(sound_hours(30)), testing::IsEmpty()); }

TEST(Suspects, see_a_leap_and_a_false_first_bar) {
    BarColumns bars = sound_hours(10);
    bars.high[700].raw += 300'000'000;
    bars.high[0].raw += 400'000'000;
    EXPECT_THAT(kinds(bars), testing::UnorderedElementsAre("spike", "false_first_bar"));
}

/// Puts the day that follows into each bar of 22:00, as a broker's history does.
void put_days_into_bars(BarColumns& bars) {
    for (std::size_t i = 0; i + 24 < bars.size(); ++i) {
        if (bars.time[i].value % nanos_per_day != 22 * nanos_per_hour) continue;
        for (std::size_t j = i + 1; j < bars.size() && bars.time[j].value < bars.time[i].value + nanos_per_day; ++j) {
            bars.high[i] = std::max(bars.high[i], bars.high[j]), bars.low[i] = std::min(bars.low[i], bars.low[j]);
            bars.volume[i] += bars.volume[j];
        }
    }
}

TEST(Suspects, see_bars_that_hold_the_whole_day_after_them) {
    BarColumns bars = sound_hours(10);
    put_days_into_bars(bars);
    const auto found = kinds(bars);
    EXPECT_GT(std::ranges::count(found, "day_in_bar"), 35);
}

TEST(Suspects, see_days_in_bars_after_summer_time_moved_them_and_where_the_bar_itself_went_further) {
    BarColumns bars = sound_hours(10);
    put_days_into_bars(bars);
    // The last two days were written in summer time, an hour earlier of UTC: too few to repeat at an hour of their own.
    const UnixNanos summer{bars.time.back().value - 5 * nanos_per_day};
    const auto begin = std::ranges::upper_bound(bars.time, summer) - bars.time.begin();
    drop(bars, static_cast<std::size_t>(begin) + 48, bars.size());
    const auto before = std::ranges::count(kinds(bars), "day_in_bar");
    for (std::size_t i = 0; i < bars.size(); ++i)
        if (bars.time[i] > summer) bars.time[i].value -= nanos_per_hour;
    EXPECT_EQ(std::ranges::count(kinds(bars), "day_in_bar"), before);
    // One of them leapt below the day before that began.
    const auto suspects = find_suspects(bars);
    const auto day = std::ranges::find(suspects, "day_in_bar", &Suspect::kind);
    ASSERT_NE(day, suspects.end());
    bars.low[day->row].raw -= (bars.high[day->row].raw - bars.low[day->row].raw) / 10;
    EXPECT_EQ(std::ranges::count(kinds(bars), "day_in_bar"), before);
}

TEST(Suspects, see_lost_days_weeks_and_hours) {
    BarColumns bars = sound_hours(30);
    drop(bars, 1'000, 1'005);
    EXPECT_THAT(kinds(bars), testing::ElementsAre("gap"));
    bars = sound_hours(30);
    drop(bars, 1'000, 1'110);
    EXPECT_THAT(kinds(bars), testing::ElementsAre("gap", "missing_week"));
    bars = sound_hours(30);
    BarColumns without = bars.slice(0, 1);
    for (std::size_t i = 1; i < bars.size(); ++i)
        if (weekday(bars.time[i]) != 2 || bars.time[i].value % nanos_per_day != 10 * nanos_per_hour) without.append(bars.bar(i));
    EXPECT_THAT(kinds(without), testing::Contains("hour_missing"));
}

TEST(Suspects, see_filled_bars_and_the_weekend_is_no_gap) {
    BarColumns bars = sound_hours(10);
    for (std::size_t i = 300; i < 310; ++i) bars.open[i] = bars.high[i] = bars.low[i] = bars.close[i] = bars.close[299], bars.volume[i] = {};
    const auto found = kinds(bars);
    EXPECT_EQ(std::ranges::count(found, "flat"), 10);
}

TEST(CheckSeries, tells_what_the_imports_saw_and_makes_a_page_of_it) {
    UtcFolder folder;
    std::string text = "time,open,high,low,close,volume\n";
    for (int hour = 0; hour < 20; ++hour) text += fmt::format("2018-01-02 {:02}:00,1.1,1.2,1.0,1.1,5\n", hour);
    text += "2018-01-02 20:00,1.1,1.0,1.2,1.1,8\n";
    ASSERT_TRUE(folder.import(folder.write("EURUSD.csv", text)).has_value());
    const auto check = check_series(folder.store(), {"EURUSD", Timeframe::h1});
    ASSERT_TRUE(check.has_value()) << check.error().text;
    const auto kept_out = std::ranges::find(check->defects, "high_below_low", &Defect::kind);
    ASSERT_NE(kept_out, check->defects.end());
    EXPECT_TRUE(kept_out->refused);
    EXPECT_EQ(check->quarantine.rows.size(), 1U);
    ASSERT_EQ(check->origins.size(), 1U);
    EXPECT_EQ(check->origins[0].timezone, "UTC");
    const auto quality = describe_quality(folder.store(), *check);
    ASSERT_TRUE(quality.has_value());
    EXPECT_NE(quality->verdict.find("row with a high below the low was kept out"), std::string::npos) << quality->verdict;
    EXPECT_TRUE(report::render_quality_report(*quality).find("row with a high below the low") != std::string::npos);
}

TEST(CheckSeries, asks_a_second_series_about_a_spike) {
    Folder folder;
    BarColumns hours = sound_hours(10);
    BarColumns minutes;
    minutes.key = {"EURUSD", Timeframe::m30};
    for (std::size_t i = 0; i < hours.size(); ++i) {
        Bar half = hours.bar(i);
        minutes.append(half);
        half.time.value += 30 * nanos_per_minute;
        minutes.append(half);
    }
    hours.high[700].raw += 300'000'000;
    ASSERT_TRUE(folder.store().replace_bars(hours).has_value());
    ASSERT_TRUE(folder.store().replace_bars(minutes).has_value());
    const auto check = check_series(folder.store(), hours.key);
    const auto spike = std::ranges::find(check->defects, "spike", &Defect::kind);
    ASSERT_NE(spike, check->defects.end());
    EXPECT_THAT(spike->text, testing::HasSubstr("EURUSD M30 does not confirm it"));
}

TEST(CheckSeries, finds_the_same_in_pieces_as_in_the_whole) {
    Folder folder;
    BarColumns bars = sound_hours(60);
    // Every few rows, so that each overlap of pieces holds some.
    for (std::size_t row = 200; row < bars.size(); row += 11) bars.high[row].raw += 300'000'000;
    for (std::size_t i = 2'000; i < 2'010; ++i) bars.open[i] = bars.high[i] = bars.low[i] = bars.close[i] = bars.close[1'999], bars.volume[i] = {};
    drop(bars, 4'000, 4'005);
    drop(bars, 1'000, 1'003);
    ASSERT_TRUE(folder.store().replace_bars(bars).has_value());
    const auto whole = check_series(folder.store(), bars.key), pieces = check_series(folder.store(), bars.key, 900);
    ASSERT_TRUE(whole.has_value() && pieces.has_value());
    const auto told = [](const SeriesCheck& check) {
        std::vector<std::tuple<std::string, std::int64_t, std::int64_t>> out;
        out.reserve(check.defects.size());
        for (const Defect& d : check.defects) out.emplace_back(d.kind, d.kind == "gap" ? 0 : d.row, d.count);  // of gaps the longest
        std::ranges::sort(out);
        return out;
    };
    EXPECT_EQ(told(*pieces), told(*whole));
    ASSERT_EQ(pieces->longest_gaps.size(), whole->longest_gaps.size());
    EXPECT_EQ(pieces->longest_gaps[0].from, whole->longest_gaps[0].from);
    EXPECT_GE(std::ranges::find(whole->defects, "spike", &Defect::kind)->count, 300);
    const auto page = describe_quality(folder.store(), *whole);
    ASSERT_TRUE(page.has_value());
    EXPECT_FALSE(page->close_up.empty());
}

}  // namespace
}  // namespace aitrading::market
