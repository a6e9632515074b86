#include "insight/features/service/candle_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "kit/atomic_file.hpp"

namespace aitrading::insight {
namespace {

TEST(CandleFile, reads_columns_by_name_in_any_case_and_order) {
    const auto table = parse_candles("\xEF\xBB\xBFTime,Close,low,HIGH,open,Volume,note\r\n"
                                     "2018-01-01,1.5,1,2,1.25,10,x\r\n"
                                     "2018-01-02T00:00:00Z,1.5,1.0,2,1.25,0,\r\n\r\n",
                                     "bars.csv");
    ASSERT_TRUE(table) << table.error().text;
    ASSERT_EQ(table->candles.size(), 2u);
    EXPECT_TRUE(table->has_volume);
    EXPECT_EQ(to_iso8601(table->time[1]), "2018-01-02T00:00:00Z");
    EXPECT_EQ(table->candles[0].open, 1.25);
    EXPECT_EQ(table->candles[0].volume, 10);
}

TEST(CandleFile, refuses_bad_files_naming_file_row_and_field) {
    const std::string head = "time,open,high,low,close,volume\n2018-01-01,1,2,1,1.5,3\n";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "bars.csv is empty"},
        {"\n\n", "bars.csv is empty"},
        {"time,open,high,low,close\n", "no bar"},
        {"Datum,Eröffnung,Hoch,Tief,Schluss\n", "row 1: no column \"time\""},
        {std::string("PK\x03\x04\0\x01", 6), "row 1: no column \"time\""},
        {"time,open,high,low\n2018-01-01,1,2,1\n", "no column \"close\""},
        {head + "2018-01-02,1,2,1\n", "row 3, the row: 4 fields"},
        {head + "yesterday,1,2,1,1.5,3\n", "row 3, time: \"yesterday\""},
        {head + "2018-01-01,1,2,1,1.5,3\n", "row 3, time: 2018-01-01T00:00:00Z is not after"},
        {head + "2018-01-02,x,2,1,1.5,3\n", "row 3, open: \"x\""},
        {head + "2018-01-02,nan,2,1,1.5,3\n", "row 3, open: \"nan\""},
        {head + "2018-01-02,,2,1,1.5,3\n", "row 3, open: \"\""},
        {head + "2018-01-02,1,2,-1,1.5,3\n", "row 3, low: -1 is not positive"},
        {head + "2018-01-02,1,2,1,1.5,-3\n", "row 3, volume: -3 is negative"},
        {head + "2018-01-02,1,1.2,1,1.5,3\n", "row 3, high, low"},
    };
    for (const auto& [text, said] : cases) {
        const auto table = parse_candles(text, "bars.csv");
        ASSERT_FALSE(table) << said;
        EXPECT_EQ(table.error().code, ErrorCode::bad_input);
        EXPECT_THAT(table.error().text, testing::HasSubstr("bars.csv"));
        EXPECT_THAT(table.error().text, testing::HasSubstr(said));
    }
    EXPECT_EQ(read_candles("/no/such/file.csv").error().code, ErrorCode::not_found);
}

TEST(CandleFile, writes_time_first_quotes_names_and_leaves_unknown_empty) {
    const auto path = std::filesystem::path(testing::TempDir()) / "candle_file_test.csv";
    const std::vector<UnixNanos> time{{0}, {nanos_per_day}};
    const std::vector<std::string> names{"rsi(14)", "macd(12,26,9).line"};
    const std::vector<std::vector<double>> columns{{unknown, 0.1}, {unknown, -1e-7}};
    ASSERT_TRUE(write_columns(path, time, names, columns));
    EXPECT_EQ(kit::read_file(path).value(),
              "time,rsi(14),\"macd(12,26,9).line\"\n1970-01-01T00:00:00Z,,\n1970-01-02T00:00:00Z,0.1,-1e-07\n");
    std::filesystem::remove(path);
    EXPECT_EQ(write_columns("/no/such/folder/x.csv", time, names, columns).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace aitrading::insight
