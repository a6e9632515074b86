// A calendar asked at an instant never answers from the future.
#include "market/calendar/as_of.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace aitrading::market {
namespace {

EconomicEvent event(const char* time, const char* title, const char* actual, const char* forecast, Impact impact = Impact::high) {
    EconomicEvent e;
    if (*time != '\0') e.time = *parse_iso8601(time);
    e.day = "2018-01-05";
    e.currency = "USD";
    e.title = title;
    e.impact = impact;
    e.actual = actual;
    e.forecast = forecast;
    return e;
}

UnixNanos at(const char* time) { return *parse_iso8601(time); }

TEST(CalendarView, the_schedule_is_known_before_and_figures_only_after) {
    const CalendarView view({event("2018-01-05T13:30", "Nonfarm Payrolls  (Dec)", "148K", "190K"),
                             event("2018-02-02T13:30", "Nonfarm Payrolls  (Jan)", "200K", "180K"),
                             event("", "All day conference", "9", "1"),
                             event("2018-01-05T10:00", "Small", "1", "2", Impact::low)},
                            {});
    EXPECT_EQ(view.minutes_to_next(at("2018-01-05T13:00")), 30);
    EXPECT_EQ(view.minutes_to_next(at("2018-01-05T13:30")), 0);
    EXPECT_FALSE(view.minutes_to_next(at("2018-01-05T13:31")));  // the next lies beyond a week
    EXPECT_EQ(view.minutes_to_next(at("2018-02-01T13:30")), 24 * 60);
    EXPECT_FALSE(view.minutes_since_last(at("2018-01-05T13:29")));
    EXPECT_EQ(view.minutes_since_last(at("2018-01-05T14:30")), 60);
    EXPECT_FALSE(view.last_release(at("2018-01-05T13:29:59")));
    const auto release = view.last_release(at("2018-01-05T13:30"));
    ASSERT_TRUE(release.has_value());
    EXPECT_EQ(release->actual, 148e3);
    EXPECT_EQ(release->surprise, -42e3);
    EXPECT_FALSE(release->scaled_surprise.has_value());
    EXPECT_EQ(view.last_release(at("2018-02-02T13:30"), "USD", "Nonfarm Payrolls")->actual, 200e3);
    EXPECT_FALSE(view.last_release(at("2018-02-02T13:30"), "EUR", "Nonfarm Payrolls"));
    EXPECT_EQ(view.size(), 2U);
}

TEST(CalendarView, a_surprise_is_scaled_by_the_earlier_ones_alone) {
    std::vector<EconomicEvent> events;
    for (int month = 1; month <= 7; ++month) {
        EconomicEvent e = event(fmt::format("2018-{:02}-05T13:30", month).c_str(), "CPI", "", "1.0%");
        e.actual = month == 6 ? "1.8%" : "1.2%";
        events.push_back(e);
    }
    const CalendarView view(events, {});
    EXPECT_FALSE(view.last_release(at("2018-05-05T13:30"))->scaled_surprise);
    EXPECT_NEAR(*view.last_release(at("2018-06-05T13:30"))->scaled_surprise, 4.0, 1e-9);
    EXPECT_NEAR(*view.last_release(at("2018-07-05T13:30"))->scaled_surprise, 0.2 / ((5 * 0.2 + 0.8) / 6), 1e-9);
}

/// Everything a feature could ask at an instant.
std::vector<std::optional<double>> answers(const CalendarView& view, UnixNanos now) {
    std::vector<std::optional<double>> out{view.minutes_to_next(now), view.minutes_since_last(now)};
    for (const auto& release : {view.last_release(now), view.last_release(now, "USD", "A"), view.last_release(now, "EUR", "B")}) {
        out.push_back(release ? std::optional(release->actual) : std::nullopt);
        out.push_back(release ? release->surprise : std::nullopt);
        out.push_back(release ? release->scaled_surprise : std::nullopt);
    }
    return out;
}

TEST(CalendarView, taking_the_future_away_changes_no_earlier_answer) {
    SplitMix64 random(7);
    std::vector<EconomicEvent> events;
    constexpr std::int64_t span = 500 * nanos_per_day;
    for (int i = 0; i < 2'000; ++i) {
        EconomicEvent e;
        if (random.next() % 20 != 0) e.time = UnixNanos{static_cast<std::int64_t>(random.next() % 12'000) * nanos_per_hour};
        e.day = "1970-01-01";
        e.currency = random.next() % 2 == 0 ? "USD" : "EUR";
        e.title = std::string(1, static_cast<char>('A' + random.next() % 3));
        e.impact = static_cast<Impact>(random.next() % 5);
        if (random.next() % 5 != 0) e.actual = fmt::format("{}.{}%", random.next() % 9, random.next() % 9);
        if (random.next() % 5 != 0) e.forecast = fmt::format("{}.{}%", random.next() % 9, random.next() % 9);
        events.push_back(e);
    }
    const CalendarView whole(events, {{}, Impact::medium});
    for (int cut = 0; cut < 60; ++cut) {
        const UnixNanos now{static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(span))};
        const CalendarView view(known_at(events, now), {{}, Impact::medium});
        for (int i = 0; i < 60; ++i) {
            const UnixNanos then{static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(now.value + 1))};
            ASSERT_EQ(answers(view, then), answers(whole, then)) << "cut at " << to_iso8601(now) << ", asked at " << to_iso8601(then);
        }
        ASSERT_EQ(answers(view, now), answers(whole, now));
    }
}

}  // namespace
}  // namespace aitrading::market
