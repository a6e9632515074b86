// Calendars and news: figures, clocks, dates, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "market/calendar/csv_records.hpp"
#include "market/calendar/economic_event.hpp"
#include "market/calendar/news.hpp"

namespace aitrading::market {
namespace {

using testing::HasSubstr;

const std::string investing_header = "Date,Day,Time,Cur.,Imp.,Event,Actual,Forecast,Previous\n";

TEST(Figures, read_units_signs_and_thousands) {
    EXPECT_EQ(figure_of("148K"), 148e3);
    EXPECT_EQ(figure_of("112.8k"), 112.8e3);
    EXPECT_EQ(figure_of("-0.54B"), -0.54e9);
    EXPECT_EQ(figure_of("3,810.12B"), 3810.12e9);
    EXPECT_EQ(figure_of("2.1T"), 2.1e12);
    EXPECT_EQ(figure_of("1.2M"), 1.2e6);
    EXPECT_EQ(figure_of("-2.3%"), -2.3);
    EXPECT_EQ(figure_of("<0.50%"), 0.5);
    EXPECT_EQ(figure_of("43.9"), 43.9);
    for (const char* none : {"", "-", "n/a", "0-9-0", "1.42|2.1", "nan", "inf", "K", "%", "1e5x"}) EXPECT_FALSE(figure_of(none)) << none;
}

TEST(Figures, surprise_is_actual_less_forecast) {
    EconomicEvent event;
    event.actual = "148K";
    EXPECT_FALSE(surprise_of(event));
    event.forecast = "190K";
    EXPECT_EQ(surprise_of(event), -42e3);
    EXPECT_EQ(series_of("Nonfarm Payrolls  (Dec)"), "Nonfarm Payrolls");
    EXPECT_EQ(series_of("GDP (YoY)  (Q3)"), "GDP (YoY)");
    EXPECT_EQ(series_of("CPI (MoM)"), "CPI (MoM)");
}

TEST(CsvRecords, quotes_hold_separators_quotes_and_breaks) {
    CsvRecords records("\xEF\xBB\xBF" "a,\"b,\"\"c\"\"\"\r\n\n\"d\ne\",5\" nails\nlast", ',');
    std::vector<std::string> f;
    ASSERT_TRUE(records.next(f));
    EXPECT_EQ(f, (std::vector<std::string>{"a", "b,\"c\""}));
    ASSERT_TRUE(records.next(f));
    EXPECT_EQ(f, (std::vector<std::string>{"d\ne", "5\" nails"}));
    EXPECT_EQ(records.line(), 3);
    ASSERT_TRUE(records.next(f));
    EXPECT_EQ(f, (std::vector<std::string>{"last"}));
    EXPECT_EQ(records.line(), 5);
    EXPECT_FALSE(records.next(f));
    EXPECT_EQ(csv_field("a\"b,c"), "\"a\"\"b,c\"");
}

TEST(Calendar, payrolls_tell_the_clock) {
    const std::string rows = "2018-01-05,Friday,21:30,USD,High,Nonfarm Payrolls  (Dec),148K,190K,252K\n"
                             "2018-07-06,Friday,20:30,USD,High,Nonfarm Payrolls  (Jun),213K,195K,244K\n"
                             "2018-07-07,Saturday,00:30,CAD,Low,\"Trade Balance, n.s.a.\",\"-1,880.5M\",,\n"
                             "2018-01-01,Monday,All Day,,Holiday,Argentina - New Year's Day,,,\n"
                             "2018-01-02,Tuesday,Tentative,EUR,Low,Spanish 10-y Bond Auction,,,\n";
    const auto file = read_calendar(investing_header + rows, "f.csv", "");
    ASSERT_TRUE(file.has_value()) << file.error().text;
    EXPECT_EQ(file->format, "investing");
    EXPECT_EQ(file->clock, "+08:00");
    EXPECT_THAT(file->clock_reason, HasSubstr("2 US payrolls"));
    EXPECT_EQ(file->without_time, 2);
    ASSERT_EQ(file->events.size(), 5U);
    EXPECT_EQ(to_iso8601(*file->events[2].time), "2018-01-05T13:30:00Z");
    EXPECT_EQ(to_iso8601(*file->events[3].time), "2018-07-06T12:30:00Z");
    EXPECT_EQ(to_iso8601(*file->events[4].time), "2018-07-06T16:30:00Z");
    EXPECT_EQ(file->events[4].title, "Trade Balance, n.s.a.");
    EXPECT_EQ(figure_of(file->events[4].actual), -1880.5e6);
    EXPECT_FALSE(file->events[0].time.has_value());
    // A copy on another clock is found too; the user's word goes before.
    const auto utc = read_calendar(investing_header + "2018-01-05,Friday,13:30,USD,High,Nonfarm Payrolls,148K,190K,252K\n", "f.csv", "");
    EXPECT_EQ(utc->clock, "UTC");
    const auto given = read_calendar(investing_header + rows, "f.csv", "Europe/Athens");
    EXPECT_EQ(to_iso8601(*given->events[2].time), "2018-01-05T19:30:00Z");
}

TEST(Calendar, asks_where_payrolls_contradict_and_says_what_it_assumes) {
    const auto torn = read_calendar(investing_header + "2018-01-05,Friday,21:30,USD,High,Nonfarm Payrolls,1K,1K,1K\n"
                                    "2018-02-02,Friday,13:30,USD,High,Nonfarm Payrolls,1K,1K,1K\n", "f.csv", "");
    ASSERT_FALSE(torn.has_value());
    EXPECT_THAT(torn.error().text, HasSubstr("say --timezone"));
    const auto assumed = read_calendar(investing_header + "2018-01-05,Friday,21:30,EUR,Low,CPI,1%,1%,1%\n", "f.csv", "");
    EXPECT_EQ(assumed->clock, "UTC+8");
    EXPECT_THAT(assumed->clock_reason, HasSubstr("assumed"));
}

TEST(Calendar, forex_factory_states_its_clock_by_a_utc_column) {
    const std::string header = "id,date,time,currency,impact,event,actual,forecast,previous,source,time_zone,time_utc\n";
    const auto file = read_calendar(header + "81,2025-12-01,5:20am,JPY,low,Capital Spending q/y,,,,ff,IST,23:50\n"
                                    "99,2025-12-01,8:30pm,USD,high,ISM Manufacturing PMI,48.2,49.0,48.7,ff,IST,15:00\n"
                                    "102,2025-12-01,All Day,USD,low,Wards Total Vehicle Sales,,,,ff,IST,All Day\n"
                                    "7,2025-12-01,1:00pm,USD,,Speech,,,,ff,IST,07:30\n", "ff.csv", "");
    ASSERT_TRUE(file.has_value()) << file.error().text;
    EXPECT_EQ(file->clock, "+05:30");
    EXPECT_EQ(to_iso8601(*file->events[0].time), "2025-11-30T23:50:00Z");
    EXPECT_EQ(to_iso8601(*file->events[2].time), "2025-12-01T15:00:00Z");
    EXPECT_EQ(file->events[1].impact, Impact::unknown);
    EXPECT_EQ(file->without_time, 1);
}

TEST(Calendar, refuses_rows_and_files_that_are_none) {
    const auto file = read_calendar(investing_header + "2018-01-05,Friday,21:30,USD,High,Nonfarm Payrolls,1K,1K,1K\n"
                                    "2018-13-05,Friday,21:30,USD,High,X,1K,1K,1K\n"
                                    "2018-01-05,Friday,25:30,USD,High,X,1K,1K,1K\n"
                                    "2018-01-05,Friday,21:30,USD,Huge,X,1K,1K,1K\n"
                                    "2018-01-06,Friday,21:30,USD,Low,Y,1K,1K,1K\n"
                                    "2018-01-07,Friday,21:30,USD,Low,Z,1K,1K,1K\n", "f.csv", "");
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(file->rows_refused, 3);
    EXPECT_EQ(file->refused[1].line, 4);
    EXPECT_THAT(file->refused[1].text, HasSubstr("25:30"));
    EXPECT_EQ(read_calendar("time,open\n1,2\n", "f.csv", "").error().code, ErrorCode::bad_input);
    EXPECT_EQ(read_calendar("", "f.csv", "").error().code, ErrorCode::bad_input);
    EXPECT_EQ(read_calendar(investing_header + "x\ny\n", "f.csv", "").error().code, ErrorCode::bad_input);
}

TEST(News, days_first_in_three_spellings_and_impossible_years_from_the_url) {
    const std::string header = "Dates\tURL\tNews\tPrice Direction Up\tPrice Direction Constant\tPrice Direction Down\tAsset "
                               "Comparision\tPast Information\tFuture Information\tPrice Sentiment\n";
    const std::string text = header + "28-01-2016\thttp://x/april-gold-2016-01-28\t\"april gold down, \"\"again\"\"\"\t0\t0\t1\t0\t1\t0\tnegative\n"
                             "11/6/2008\thttp://x/y\tgold up\t1\t0\t0\t0\t1\t0\tpositive\n"
                             "0200-09-30\thttp://x/iamgold-deal-2004-09-30\t\"two\nlines\"\t0\t0\t0\t0\t1\t0\tnone\n"
                             "0201-04-27\thttp://x/no-day-here\tlost\t0\t0\t0\t0\t1\t0\tnone\n"
                             "2011-12-30\thttp://x/z\tlast\t0\t1\t0\t0\t1\t0\tneutral\n";
    ASSERT_TRUE(is_news(text));
    const auto file = read_news(text, "n.csv");
    ASSERT_TRUE(file.has_value()) << file.error().text;
    ASSERT_EQ(file->headlines.size(), 4U);
    EXPECT_EQ(file->headlines[0].day, "2004-09-30");
    EXPECT_EQ(file->headlines[0].text, "two lines");
    EXPECT_EQ(file->headlines[1].day, "2008-06-11");
    EXPECT_EQ(to_iso8601(file->headlines[1].known_from), "2008-06-12T12:00:00Z");
    EXPECT_EQ(file->headlines[2].direction, "constant");
    EXPECT_EQ(file->headlines[3].text, "april gold down, \"again\"");
    EXPECT_EQ(file->headlines[3].direction, "down");
    EXPECT_EQ(file->dates_from_url, 1);
    EXPECT_EQ(file->rows_refused, 1);
    EXPECT_THAT(file->refused[0], HasSubstr("0201-04-27"));
}

TEST(News, the_phrase_bank_is_refused_with_the_reason) {
    const auto file = read_news("Technopolis plans to develop .@neutral\r\nMore .@positive\r\n", "Sentences_50Agree.txt");
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().code, ErrorCode::bad_input);
    EXPECT_THAT(file.error().text, HasSubstr("sentences without dates"));
}

}  // namespace
}  // namespace aitrading::market
