// The recorded calendars and news: every row read, the clock found, the figures numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "market/calendar/clock.hpp"
#include "market/calendar/economic_event.hpp"
#include "market/calendar/known_releases.hpp"
#include "market/calendar/news.hpp"
#include "market/history/byte_source.hpp"

namespace aitrading::market {
namespace {

std::filesystem::path data_folder() {
    const char* shared = std::getenv("AITRADING_SHARED");
    return (shared != nullptr ? std::filesystem::path(shared) : std::filesystem::path(AIT_SOURCE_DIR) / ".." / "shared") / "data";
}

std::string text_of(const std::filesystem::path& file) {
    const auto source = *open_bytes(file);
    std::string out;
    std::vector<char> block(1 << 16);
    while (const std::size_t got = *source->read(block)) out.append(block.data(), got);
    return out;
}

struct Expected {
    const char* file;
    const char* clock;
    std::int64_t rows, without_time, not_numbers;
};

TEST(RecordedCalendar, every_file_is_read_whole_on_its_own_clock) {
    for (const Expected& e : {Expected{"2012_calendar.csv.gz", "+08:00", 10'725, 697, 0},
                              {"2013_calendar.csv.gz", "+08:00", 12'570, 946, 0},
                              {"2014_calendar.csv.gz", "+08:00", 15'425, 1'056, 0},
                              {"2015_calendar.csv.gz", "+08:00", 17'229, 1'120, 0},
                              {"2016_calendar.csv.gz", "+08:00", 17'445, 1'028, 0},
                              {"2017_calendar.csv.gz", "+08:00", 17'394, 1'151, 0},
                              {"2018_calendar.csv.gz", "+08:00", 18'675, 1'457, 0},
                              {"2019_calendar_01-05.csv.gz", "+08:00", 8'087, 660, 0},
                              {"forexfactory_2025-10_sample.csv", "+05:30", 126, 10, 2}}) {
        const auto path = data_folder() / "calendar" / e.file;
        if (!std::filesystem::exists(path)) GTEST_SKIP() << "needs the recorded data in " << path;
        const auto file = read_calendar(text_of(path), e.file, "");
        ASSERT_TRUE(file.has_value()) << file.error().text;
        EXPECT_EQ(file->clock, e.clock) << e.file;
        EXPECT_EQ(file->rows_read, e.rows) << e.file;
        EXPECT_EQ(file->rows_refused, 0) << e.file;
        EXPECT_EQ(file->without_time, e.without_time) << e.file;
        std::int64_t not_numbers = 0;
        for (const EconomicEvent& event : file->events)
            for (const std::string* text : {&event.actual, &event.forecast, &event.previous})
                not_numbers += !text->empty() && !figure_of(*text) ? 1 : 0;
        EXPECT_EQ(not_numbers, e.not_numbers) << e.file;
        // The first payrolls of 2018 are where and what they were.
        for (const EconomicEvent& event : file->events)
            if (event.currency == "USD" && event.title == "Nonfarm Payrolls  (Dec)" && event.day == "2018-01-05") {
                EXPECT_EQ(to_iso8601(*event.time), "2018-01-05T13:30:00Z");
                EXPECT_EQ(surprise_of(event), -42'000);
            }
    }
}

TEST(RecordedCalendar, gold_headlines_and_the_phrase_bank) {
    const auto path = data_folder() / "news" / "gold-dataset-sinha-khandait_to_2017-05.csv.gz";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "needs the recorded data in " << path;
    const auto news = read_news(text_of(path), "gold");
    ASSERT_TRUE(news.has_value()) << news.error().text;
    EXPECT_EQ(news->rows_read, 7'882);
    EXPECT_EQ(news->rows_refused, 4);
    EXPECT_EQ(news->dates_from_url, 156);
    EXPECT_EQ(news->headlines.front().day, "2000-02-15");
    EXPECT_EQ(news->headlines.back().day, "2017-05-31");
    for (const char* name : {"Sentences_50Agree.txt.gz", "Sentences_AllAgree.txt.gz"}) {
        const auto bank = read_news(text_of(data_folder() / "news" / "FinancialPhraseBank-v1.0" / name), name);
        ASSERT_FALSE(bank.has_value());
        EXPECT_THAT(bank.error().text, testing::HasSubstr("without dates"));
    }
}

/// The table of decisions against the economic calendar, 2013 to 2019-05: the same days, each at 14:00 New York or (until
/// 2013-03, once) a quarter past.
TEST(RecordedCalendar, knows_the_days_of_the_federal_reserve) {
    const Clock new_york = *Clock::parse("America/New_York");
    std::int64_t decisions = 0;
    for (const char* name : {"2013_calendar.csv.gz", "2014_calendar.csv.gz", "2015_calendar.csv.gz", "2016_calendar.csv.gz",
                             "2017_calendar.csv.gz", "2018_calendar.csv.gz", "2019_calendar_01-05.csv.gz"}) {
        const auto path = data_folder() / "calendar" / name;
        if (!std::filesystem::exists(path)) GTEST_SKIP() << "needs the recorded data in " << path;
        const auto file = read_calendar(text_of(path), name, "");
        ASSERT_TRUE(file.has_value()) << file.error().text;
        for (const EconomicEvent& event : file->events) {
            if (event.currency != "USD" || event.title != "Fed Interest Rate Decision" || !event.time) continue;
            const std::int64_t wall = event.time->value + offset_at(new_york, *event.time);
            EXPECT_TRUE(is_rate_decision_day(wall / nanos_per_day)) << to_iso8601(*event.time);
            EXPECT_NEAR(static_cast<double>(wall % nanos_per_day / nanos_per_minute), static_cast<double>(rate_decision_minute), 15);
            ++decisions;
        }
    }
    std::int64_t known = 0;
    const std::int64_t begin = from_civil({2013, 1, 1}).value / nanos_per_day, end = from_civil({2019, 6, 1}).value / nanos_per_day;
    for (std::int64_t day = begin; day < end; ++day) known += is_rate_decision_day(day);
    EXPECT_EQ(decisions, known);
}

}  // namespace
}  // namespace aitrading::market
