#include "market/calendar/clock.hpp"

#include <gtest/gtest.h>

namespace aitrading::market {
namespace {

std::int64_t wall(const char* text) { return parse_iso8601(text)->value; }

std::string utc_of(const char* zone, const char* wall_text) {
    WallToUtc converter(*Clock::parse(zone));
    return to_iso8601(converter.convert(wall(wall_text)));
}

TEST(Clock, follows_daylight_saving_of_named_zones) {
    EXPECT_EQ(utc_of("America/New_York", "2018-01-05T08:30"), "2018-01-05T13:30:00Z");
    EXPECT_EQ(utc_of("America/New_York", "2018-07-06T08:30"), "2018-07-06T12:30:00Z");
    EXPECT_EQ(utc_of("Europe/Athens", "2018-01-05T15:30"), "2018-01-05T13:30:00Z");
    EXPECT_EQ(utc_of("Europe/Athens", "2018-07-06T15:30"), "2018-07-06T12:30:00Z");
    // A broker that follows New York by seven hours shows summer time while Europe does not yet.
    EXPECT_EQ(utc_of("America/New_York+07:00", "2018-03-14T00:00"), "2018-03-13T21:00:00Z");
    EXPECT_EQ(utc_of("Europe/Athens", "2018-03-14T00:00"), "2018-03-13T22:00:00Z");
}

TEST(Clock, accepts_utc_and_fixed_offsets) {
    for (const char* zone : {"UTC", "utc", "Z", "GMT", "+00:00", "UTC+0", "GMT+0", "GMT+0+0"}) {
        EXPECT_EQ(utc_of(zone, "2018-07-06T12:30"), "2018-07-06T12:30:00Z") << zone;
        EXPECT_EQ(Clock::parse(zone)->name(), "UTC");
    }
    for (const char* zone : {"+08:00", "UTC+8", "GMT+08", "+0800"})
        EXPECT_EQ(utc_of(zone, "2018-07-06T20:30"), "2018-07-06T12:30:00Z") << zone;
    EXPECT_EQ(utc_of("-05:30", "2018-07-06T07:00"), "2018-07-06T12:30:00Z");
    EXPECT_EQ(utc_of("Etc/GMT+5", "2018-07-06T07:30"), "2018-07-06T12:30:00Z");
}

TEST(Clock, refuses_unknown_names_with_the_accepted_forms) {
    for (const char* zone : {"", "Mars/Olympus", "+99:00", "UTC+x", "Europe/Athens until", "Europe/Athens, UTC",
                             "UTC until 2018-01-01", "UTC until tomorrow, UTC"}) {
        const auto clock = Clock::parse(zone);
        ASSERT_FALSE(clock.has_value()) << zone;
    }
    EXPECT_NE(Clock::parse("Mars/Olympus").error().text.find("Europe/Athens"), std::string::npos);
    EXPECT_EQ(Clock::parse("Mars/Olympus").error().code, ErrorCode::usage);
}

TEST(Clock, changes_zone_at_the_stated_date) {
    const char* zone = "Europe/Berlin until 2014-11-22, Europe/Athens";
    EXPECT_EQ(utc_of(zone, "2014-11-21T23:00"), "2014-11-21T22:00:00Z");
    EXPECT_EQ(utc_of(zone, "2014-11-24T00:00"), "2014-11-23T22:00:00Z");
    EXPECT_EQ(Clock::parse(zone)->name(), zone);
}

TEST(WallToUtc, reads_a_skipped_hour_with_the_offset_before_the_change) {
    WallToUtc converter(*Clock::parse("America/New_York"));
    EXPECT_EQ(to_iso8601(converter.convert(wall("2018-03-11T01:59"))), "2018-03-11T06:59:00Z");
    EXPECT_FALSE(converter.last_was_skipped());
    EXPECT_EQ(to_iso8601(converter.convert(wall("2018-03-11T02:30"))), "2018-03-11T07:30:00Z");
    EXPECT_TRUE(converter.last_was_skipped());
    EXPECT_EQ(to_iso8601(converter.convert(wall("2018-03-11T03:00"))), "2018-03-11T07:00:00Z");
}

TEST(WallToUtc, keeps_both_hours_of_the_change_in_autumn) {
    WallToUtc converter(*Clock::parse("America/New_York"));
    EXPECT_EQ(to_iso8601(converter.convert(wall("2018-11-04T00:00"))), "2018-11-04T04:00:00Z");
    EXPECT_EQ(to_iso8601(converter.convert(wall("2018-11-04T01:00"))), "2018-11-04T05:00:00Z");
    EXPECT_EQ(to_iso8601(converter.convert(wall("2018-11-04T01:00"))), "2018-11-04T06:00:00Z");
    EXPECT_EQ(to_iso8601(converter.convert(wall("2018-11-04T02:00"))), "2018-11-04T07:00:00Z");
}

TEST(WallToUtc, agrees_with_a_fresh_converter_at_every_hour) {
    for (const char* zone : {"America/New_York", "Europe/Athens", "America/New_York+07:00", "Asia/Tokyo",
                             "Europe/Berlin until 2014-11-22, Europe/Athens"}) {
        WallToUtc running(*Clock::parse(zone));
        const Clock clock = *Clock::parse(zone);
        std::int64_t differ = 0;
        for (std::int64_t t = wall("2012-01-01"); t < wall("2020-01-01"); t += nanos_per_hour) {
            WallToUtc fresh(clock);
            differ += running.convert(t) != fresh.convert(t);
        }
        // Only the second pass of a doubled hour may differ, and an hourly wall clock shows each hour once.
        EXPECT_EQ(differ, 0) << zone;
    }
}

}  // namespace
}  // namespace aitrading::market
