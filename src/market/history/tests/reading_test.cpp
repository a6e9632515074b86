// Numbers, times, ticks, longer bars and exports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <fstream>

#include "market/history/decimal.hpp"
#include "market/history/export.hpp"
#include "market/history/resample.hpp"
#include "market/history/stamp.hpp"
#include "market/history/tests/folder.hpp"
#include "market/history/tick_reader.hpp"

namespace aitrading::market {
namespace {

using testing::HasSubstr;

TEST(Decimal, is_read_exactly_and_rounded_once) {
    const auto scaled = [](std::string_view text) { return parse_decimal(text, 9).scaled; };
    EXPECT_EQ(scaled("1.10345"), 1'103'450'000);
    EXPECT_EQ(scaled("-0.000000001"), -1);
    EXPECT_EQ(scaled("0.0000000015"), 2);
    EXPECT_EQ(scaled("0.00000000149999999999"), 1);
    EXPECT_EQ(scaled("100076.00000000001"), 100'076'000'000'000);
    EXPECT_EQ(scaled("9223372036.854775807"), INT64_MAX);
    EXPECT_EQ(parse_decimal("9223372036.854775808", 9).status, DecimalStatus::too_large);
    EXPECT_EQ(scaled("8.1e-05"), 81'000);
    EXPECT_EQ(scaled("+.5"), 500'000'000);
    EXPECT_EQ(parse_decimal("1.200370", 9).decimals, 5);
    EXPECT_EQ(parse_decimal("1,5", 9, ',').scaled, 1'500'000'000);
}

TEST(Decimal, says_what_is_none) {
    for (const char* text : {"", "NULL", "n/a", "None"}) EXPECT_EQ(parse_decimal(text, 9).status, DecimalStatus::missing) << text;
    for (const char* text : {"nan", "NaN", "-inf", "Infinity"}) EXPECT_EQ(parse_decimal(text, 9).status, DecimalStatus::nan) << text;
    for (const char* text : {"1,1034", "1.2.3", "abc", "1e", "0x10", "1 2", "--1", "."})
        EXPECT_EQ(parse_decimal(text, 9).status, DecimalStatus::not_a_number) << text;
}

TEST(Stamp, reads_the_spellings_of_vendors) {
    const auto utc = [](std::string_view text) {
        Stamp stamp;
        EXPECT_TRUE(StampParser().parse(text, stamp)) << text;
        return to_iso8601({stamp.wall_nanos - stamp.offset_minutes * nanos_per_minute});
    };
    for (const char* text : {"2018-03-04 05:06:07", "2018-03-04T05:06:07Z", "2018.03.04 05:06:07", "2018/03/04 05:06:07",
                             "20180304 050607", "04.03.2018 05:06:07", "2018-03-04T07:06:07+02:00",
                             "04.03.2018 06:06:07.000 GMT+0100", "1520139967", "1520139967.0", "1520139967000",
                             "1520139967000000", "1520139967000000000"})
        EXPECT_EQ(utc(text), "2018-03-04T05:06:07Z") << text;
    EXPECT_EQ(utc("20200101 170000065"), "2020-01-01T17:00:00.065Z");
    EXPECT_EQ(utc("2018-03-04"), "2018-03-04T00:00:00Z");
    EXPECT_EQ(utc("20180304 05:06"), "2018-03-04T05:06:00Z");
    Stamp stamp;
    for (const char* text : {"", "2018-02-30", "2018-03-04 24:00", "2018-03-04 05:60", "2018-03-04x", "soon", "2018-03-04 5:06",
                             "1520139967x", "-5"})
        EXPECT_FALSE(StampParser().parse(text, stamp)) << text;
}

TEST(TickReader, reads_the_contract_file_and_agrees_with_import) {
    UtcFolder folder;
    std::string text = "time,bid,ask,bid_size,ask_size\n";
    for (int i = 0; i < 3'000; ++i)
        text += fmt::format("2018-01-{:02}T{:02}:{:02}:{:02}{}Z,1.{:05},1.{:05},{},{}\n", 2 + i / 1000, i / 100 % 10, i / 10 % 10,
                            i % 10, i % 3 == 0 ? "" : ".125", i % 7 * 100, i % 7 * 100 + 10, i + 1, i % 5 == 0 ? "0.5" : "7");
    const auto file = folder.write("EURUSD_ticks.csv", text);
    ASSERT_TRUE(folder.import(file).has_value());
    TickColumns stored;
    ASSERT_TRUE(folder.store().stream_ticks({"EURUSD", Timeframe::ticks}, {}, 5'000, [&](const TickColumns& batch) {
        stored = batch;
        return true;
    }).has_value());
    auto reader = TickReader::open(file);
    ASSERT_TRUE(reader.has_value()) << reader.error().text;
    TickColumns batch;
    std::size_t rows = 0;
    while (*reader->next(batch, 101) > 0)
        for (std::size_t i = 0; i < batch.size(); ++i) EXPECT_EQ(batch.tick(i), stored.tick(rows++));
    EXPECT_EQ(rows, 3'000U);
    EXPECT_EQ(folder.store().describe({"EURUSD", Timeframe::ticks})->digits, 4);
}

TEST(TickReader, refuses_the_first_bad_row_by_line_and_column) {
    UtcFolder folder;
    const auto error_of = [&](std::string_view rows) {
        auto reader = TickReader::open(folder.write("t.csv", "time,bid,ask\n2018-01-02T00:00:00Z,1.1,1.2\n" + std::string(rows)));
        TickColumns batch;
        const auto read = reader->next(batch);
        return read ? std::string("accepted") : read.error().text;
    };
    EXPECT_THAT(error_of("2018-01-02T00:00:01Z,0,1.2\n"), HasSubstr("line 3, column bid: \"0\" is zero"));
    EXPECT_THAT(error_of("2018-01-02T00:00:01Z,1.1,abc\n"), HasSubstr("column ask: \"abc\" is not a number"));
    EXPECT_THAT(error_of("2018-01-01T00:00:01Z,1.1,1.2\n"), HasSubstr("earlier than the row before"));
    EXPECT_THAT(error_of("2018-01-02T00:00:01Z,1.25,1.2\n"),
                HasSubstr("line 3, column ask: 1.2 lies below the bid 1.25 (crossed quote)"));
    EXPECT_THAT(error_of("2018-01-02T00:61:01Z,1.1,1.2\n"), HasSubstr("column time"));
    EXPECT_THAT(TickReader::open(folder.write("b.csv", "time,open,high,low,close\n1,2,3,4,5\n")).error().text, HasSubstr("bars"));
}

TEST(Resample, follows_the_utc_clock_and_weeks_of_monday) {
    const auto begin = [](const char* time, Timeframe to) { return to_iso8601(bar_begin(*parse_iso8601(time), to)); };
    EXPECT_EQ(begin("2018-03-07T13:59:59Z", Timeframe::h4), "2018-03-07T12:00:00Z");
    EXPECT_EQ(begin("2018-03-07T13:59:59Z", Timeframe::d1), "2018-03-07T00:00:00Z");
    EXPECT_EQ(begin("2018-03-07T13:59:59Z", Timeframe::w1), "2018-03-05T00:00:00Z");
    EXPECT_EQ(begin("2018-03-11T23:59:59Z", Timeframe::w1), "2018-03-05T00:00:00Z");
    EXPECT_EQ(begin("1969-12-31T23:00:00Z", Timeframe::w1), "1969-12-29T00:00:00Z");
}

TEST(Resample, keeps_extremes_first_last_and_volume_of_bars_and_ticks) {
    UtcFolder folder;
    ASSERT_TRUE(folder.import(folder.write("EURUSD.csv", "time,open,high,low,close,volume\n"
                                                         "2018-01-02 00:58,1.10,1.12,1.09,1.11,5\n"
                                                         "2018-01-02 00:59,1.11,1.15,1.10,1.14,7\n"
                                                         "2018-01-02 01:00,1.14,1.14,1.13,1.13,1\n")).has_value());
    const auto info = resample_stored(folder.store(), {"EURUSD", Timeframe::m1}, Timeframe::h1);
    ASSERT_TRUE(info.has_value()) << info.error().text;
    const auto hours = folder.store().read_bars({"EURUSD", Timeframe::h1}, {});
    ASSERT_EQ(hours->size(), 2U);
    const Bar expected{*parse_iso8601("2018-01-02"), {1'100'000'000}, {1'150'000'000}, {1'090'000'000}, {1'140'000'000},
                       {12 * Quantity::scale}};
    EXPECT_EQ(hours->bar(0), expected);
    EXPECT_EQ(resample_stored(folder.store(), {"EURUSD", Timeframe::h1}, Timeframe::m5).error().code, ErrorCode::usage);
    ASSERT_TRUE(folder.import(folder.write("USDJPY_ticks.csv", "time,bid,ask\n2018-01-02T00:00:01Z,110.1,110.2\n"
                                                               "2018-01-02T00:00:02Z,110.0,110.3\n")).has_value());
    ASSERT_TRUE(resample_stored(folder.store(), {"USDJPY", Timeframe::ticks}, Timeframe::m1).has_value());
    const auto minutes = folder.store().read_bars({"USDJPY", Timeframe::m1}, {});
    EXPECT_EQ(minutes->low[0].raw, 110'000'000'000);
    EXPECT_EQ(minutes->ask_high[0].raw, 110'300'000'000);
    EXPECT_EQ(minutes->volume[0].raw, 2 * Quantity::scale);
}

TEST(Export, is_read_back_by_import_as_the_same_series) {
    UtcFolder folder;
    ASSERT_TRUE(folder.import(folder.write("eurusd.csv",
                                           "20070101 21:00,1.31927,1.31955,1.3187,1.31935,0,1.32027,1.32055,1.3197,1.32035,0\n"
                                           "20070101 22:00,1.31935,1.3202,1.31925,1.32,2.5,1.32035,1.3212,1.32025,1.321,0\n"))
                    .has_value());
    const SeriesKey key{"EURUSD", Timeframe::h1}, copy{"COPY", Timeframe::h1};
    const auto out = folder.path() / "out.csv";
    ASSERT_EQ(*export_csv(folder.store(), key, out), 2);
    ImportOptions options;
    options.layout.symbol = "COPY";
    ASSERT_TRUE(folder.import(out, options).has_value());
    const auto first = folder.store().read_bars(key, {}), second = folder.store().read_bars(copy, {});
    EXPECT_TRUE(first->open == second->open && first->close == second->close && first->ask_low == second->ask_low);
    EXPECT_TRUE(first->time == second->time && first->volume == second->volume);
    EXPECT_EQ(export_csv(folder.store(), key, folder.path() / "no" / "folder" / "x.csv").error().code, ErrorCode::failed);
}

TEST(ImportTicks, twice_changes_no_byte_and_contradictions_stay_out) {
    UtcFolder folder;
    const auto file = folder.write("EURUSD_t.csv", "time,bid,ask\n2018-01-02T00:00:01Z,1.1,1.2\n2018-01-02T00:00:01Z,1.1,1.3\n"
                                                   "2018-01-02T00:00:05Z,1.1,1.2\n");
    ASSERT_TRUE(folder.import(file).has_value());
    const auto before = folder.home_content();
    const auto again = folder.import(file);
    EXPECT_EQ(again->rows_known, 3);
    EXPECT_EQ(folder.home_content(), before);
    const auto other = folder.write("EURUSD_u.csv", "time,bid,ask\n2018-01-02T00:00:00Z,1.0,1.1\n2018-01-02T00:00:05Z,1.1,1.25\n"
                                                    "2018-01-02T00:00:09Z,1.1,1.2\n");
    const auto merged = folder.import(other);
    EXPECT_EQ(merged->rows_stored, 2);
    EXPECT_EQ(merged->rows_conflicting, 1);
    EXPECT_EQ(folder.store().describe(merged->key)->rows, 5);
}

}  // namespace
}  // namespace aitrading::market
