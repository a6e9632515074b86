// Made series of random markets on random clocks: the clock is found, or asked for, but never a wrong one.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "market/calendar/clock.hpp"
#include "market/calendar/known_releases.hpp"
#include "market/history/detect_clock.hpp"

namespace aitrading::market {
namespace {

enum class Hours { currency, daily_break, around_clock, stocks, evening };

struct Market {
    Hours hours = Hours::currency;
    const char* clock = "UTC";
    int first_week = 2'400, weeks = 60;
    std::int64_t step = 60;   ///< minutes
    bool cut_on_monday = false;  ///< the source leaves out what its own Sunday holds
    double missing = 0.01;
    bool decisions = false;      ///< prices move at the Federal Reserve's
};

struct Series {
    std::vector<std::int64_t> wall, utc, range;
};

bool open_in_new_york(Hours hours, std::int64_t day, std::int64_t minute) {  // days 0 and 7 = Saturday
    const bool weekend = day % 7 == 0 || (day == 1 && minute < 17 * 60) || (day == 6 && minute >= 17 * 60);
    switch (hours) {
        case Hours::currency: return !weekend;
        case Hours::daily_break: return !weekend && !(minute >= 17 * 60 && minute < 18 * 60);
        case Hours::around_clock: return true;
        case Hours::stocks: return day >= 2 && day < 7 && minute >= 9 * 60 + 30 && minute < 16 * 60;
        case Hours::evening: return day >= 2 && day < 7 && minute >= 2 * 60 && minute < 16 * 60;
    }
    return false;
}

Series make(const Market& market, SplitMix64& random) {
    Series out;
    const Clock clock = *Clock::parse(market.clock), new_york = *Clock::parse("America/New_York");
    const std::int64_t begin = week_begin(market.first_week) + minutes_per_day / 2;  // a Sunday
    for (std::int64_t m = begin; m < begin + market.weeks * minutes_per_week; m += market.step) {
        const UnixNanos utc{m * nanos_per_minute};
        const std::int64_t local = m + offset_at(new_york, utc) / nanos_per_minute;
        const std::int64_t in_week = local - week_begin(week_of(local)) + 720;
        const std::int64_t day = in_week / minutes_per_day, minute = in_week % minutes_per_day;
        if (!open_in_new_york(market.hours, day, minute)) continue;
        if (static_cast<double>(random.next() % 10'000) < 10'000 * market.missing) continue;
        const std::int64_t wall = utc.value + offset_at(clock, utc);
        const std::int64_t wall_minute = wall / nanos_per_minute;
        const std::int64_t wall_in_week = wall_minute - week_begin(week_of(wall_minute));
        if (market.cut_on_monday && wall_in_week < 36 * 60) continue;
        out.utc.push_back(utc.value);
        out.wall.push_back(wall);
        const bool payrolls = day == 6 && minute / market.step == payrolls_minute / market.step;
        const bool decision = market.decisions && minute / market.step == rate_decision_minute / market.step &&
                              is_rate_decision_day((local - minute) / minutes_per_day);
        out.range.push_back(static_cast<std::int64_t>(random.next() % 100) + (payrolls || decision ? 150 : 0));
    }
    return out;
}

struct Verdict {
    bool detected = false, right = false;
    std::string text;
};

Verdict judge(const Market& market, const Series& series) {
    const MarketKind kinds[]{MarketKind::currency, MarketKind::daily_break, MarketKind::around_clock, MarketKind::unknown,
                             MarketKind::unknown};
    const ClockTraces traces = trace_clock(series.wall, series.range, {}, market.step * nanos_per_minute);
    const auto finding = detect_clock(traces, kinds[static_cast<int>(market.hours)], "UTC");
    Verdict out;
    if (!finding) return out;
    out.detected = !finding->clock.empty();
    out.text = finding->clock + " " + (finding->reasons.empty() ? "" : finding->reasons[0]);
    if (!out.detected) return out;
    WallToUtc convert(*Clock::parse(finding->clock));
    out.right = true;
    for (std::size_t i = 0; i < series.wall.size(); ++i) out.right = out.right && convert.convert(series.wall[i]).value == series.utc[i];
    return out;
}

constexpr const char* clocks[]{"UTC",    "America/New_York", "Europe/Athens", "America/New_York+07:00", "Europe/Berlin", "Europe/London",
                               "-05:00", "+03:00",           "+08:00",        "Asia/Tokyo",             "America/Chicago"};

constexpr std::int64_t steps[]{5, 15, 60, 240};
constexpr double shares_missing[]{0, 0.01, 0.05};

TEST(ClockDetection, finds_the_clock_or_asks_but_is_never_wrong) {
    SplitMix64 random(7);
    int detected = 0, telling = 0;
    for (int trial = 0; trial < 150; ++trial) {
        Market market;
        market.hours = static_cast<Hours>(random.next() % 5);
        market.clock = clocks[random.next() % std::size(clocks)];
        market.first_week = 2'200 + static_cast<int>(random.next() % 300);
        market.weeks = 1 + static_cast<int>(random.next() % 80);
        market.step = steps[random.next() % std::size(steps)];
        market.cut_on_monday = random.next() % 4 == 0;
        market.decisions = random.next() % 2 == 0;
        market.missing = shares_missing[random.next() % std::size(shares_missing)];
        const Series series = make(market, random);
        const Verdict verdict = judge(market, series);
        EXPECT_TRUE(!verdict.detected || verdict.right)
            << "trial " << trial << ": " << market.clock << ", hours " << static_cast<int>(market.hours) << ", " << market.weeks
            << " weeks from " << week_date(market.first_week) << ", step " << market.step << ", cut " << market.cut_on_monday
            << " became " << verdict.text;
        if (static_cast<int>(market.hours) > 1) {
            EXPECT_FALSE(verdict.detected) << verdict.text;
        }
        const bool tells = static_cast<int>(market.hours) < 2 && market.step <= 60 && market.weeks >= 30;
        telling += tells;
        detected += tells && verdict.detected;
    }
    EXPECT_GE(detected, telling * 8 / 10) << "of " << telling;
}

TEST(ClockDetection, rate_decisions_make_it_surer) {
    const auto finding = [](bool decisions) {
        SplitMix64 random(11);
        Market market;
        market.clock = "Europe/Athens", market.first_week = 2'508, market.weeks = 4, market.step = 15, market.decisions = decisions;
        const Series series = make(market, random);
        return *detect_clock(trace_clock(series.wall, series.range, {}, market.step * nanos_per_minute), MarketKind::currency, "UTC");
    };
    const ClockFinding without = finding(false), with = finding(true);
    EXPECT_GT(with.probability, without.probability);
    const auto told = [](const std::string& reason) { return reason.find("1 of 1 days of a Federal Reserve decision") != std::string::npos; };
    EXPECT_TRUE(std::ranges::any_of(with.reasons, told)) << with.reasons[0];
}

TEST(ClockDetection, finds_the_week_in_which_a_source_changed_its_clock) {
    SplitMix64 random(3);
    Market early, late;
    early.clock = "Europe/Berlin", late.clock = "Europe/Athens";
    early.cut_on_monday = late.cut_on_monday = true;
    early.first_week = 2'300, early.weeks = 40;
    late.first_week = 2'340, late.weeks = 50;
    Series series = make(early, random);
    const Series second = make(late, random);
    series.wall.insert(series.wall.end(), second.wall.begin(), second.wall.end());
    series.utc.insert(series.utc.end(), second.utc.begin(), second.utc.end());
    series.range.insert(series.range.end(), second.range.begin(), second.range.end());
    const Verdict verdict = judge(early, series);
    EXPECT_TRUE(verdict.right) << verdict.text;
    EXPECT_NE(verdict.text.find("Europe/Berlin until " + week_date(2'340) + ", Europe/Athens"), std::string::npos) << verdict.text;
}

TEST(ClockDetection, says_nothing_of_a_file_without_a_weekend) {
    SplitMix64 random(5);
    Market market;
    market.weeks = 1;
    Series series = make(market, random);
    series.wall.resize(90), series.utc.resize(90), series.range.resize(90);
    EXPECT_FALSE(judge(market, series).detected);
}

}  // namespace
}  // namespace aitrading::market
