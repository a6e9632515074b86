#include "proving/backtest/service/input_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace aitrading::backtest {
namespace {

using testing::HasSubstr;

class InputFileTest : public testing::Test {
  protected:
    InputFileTest() { std::filesystem::create_directories(folder_); }
    ~InputFileTest() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path write(const std::string& content) {
        const auto path = folder_ / "f.csv";
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }
    Result<BarColumns> bars(const std::string& content, TimeRange range = {}) {
        TRY(const InputFile file, inspect_input(write(content)));
        BarColumns out;
        TRY_VOID(bars_of(file, {"X", Timeframe::h1}, range)([&](const BarColumns& b) {
            out = b;
            return true;
        }));
        return out;
    }

  private:
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("input_file_test_" + std::to_string(getpid()));
};

TEST_F(InputFileTest, reads_bars_in_any_order_of_columns) {
    const auto b = bars("\xEF\xBB\xBFVolume;Close;Low;High;Open;Time\r\n7;1.5;1;2;1.25;2018-01-01T00:00:00Z\r\n\r\n"
                        "8;1.6;1;2;1.5;2018-01-01 01:00:00");
    ASSERT_TRUE(b) << b.error().text;
    ASSERT_EQ(b->size(), 2u);
    EXPECT_EQ(b->open[0], Price::from_double(1.25));
    EXPECT_EQ(b->close[1], Price::from_double(1.6));
    EXPECT_EQ(b->volume[1], Quantity::from_double(8));
    EXPECT_EQ(b->time[1].value - b->time[0].value, nanos_per_hour);
}

TEST_F(InputFileTest, reads_times_of_every_unit) {
    const char* same[] = {"1514764800", "1514764800000", "1514764800000000", "1514764800000000000",
                          "2018-01-01", "2018-01-01T00:00:00.000Z", "2018-01-01T01:00:00+01:00"};
    for (const char* text : same) {
        const auto b = bars(std::string("time,open,high,low,close\n") + text + ",1,1,1,1\n");
        ASSERT_TRUE(b) << b.error().text;
        EXPECT_EQ(to_iso8601(b->time[0]), "2018-01-01T00:00:00Z") << text;
    }
}

TEST_F(InputFileTest, keeps_only_the_asked_span) {
    const auto b = bars("time,open,high,low,close\n1,1,1,1,1\n2,1,1,1,1\n3,1,1,1,1\n",
                        {{2 * nanos_per_second}, {3 * nanos_per_second}});
    ASSERT_TRUE(b);
    ASSERT_EQ(b->size(), 1u);
    EXPECT_EQ(b->time[0].value, 2 * nanos_per_second);
}

TEST_F(InputFileTest, faults_behind_the_first_batch_are_named_by_their_line) {
    std::string content = "time,bid,ask\n";
    for (int i = 1; i <= 70'000; ++i) content += std::to_string(i) + ",1.1,1.2\n";
    const auto file = inspect_input(write(content + "\n69999,1.1,1.2\n"));
    ASSERT_TRUE(file) << file.error().text;
    std::size_t rows = 0;
    const auto count = [&](const TickColumns& t) { return (rows += t.size()) > 0; };
    const auto read = ticks_of(*file, {"X", Timeframe::ticks}, {})(count);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().text, HasSubstr("f.csv, line 70003, column time: 1970-01-01T19:26:39Z is earlier"));
    rows = 0;
    ASSERT_TRUE(ticks_of(*file, {"X", Timeframe::ticks}, {{2 * nanos_per_second}, {60'000 * nanos_per_second}})(count));
    EXPECT_EQ(rows, 59'998u);
}

TEST_F(InputFileTest, reads_other_layouts_that_import_knows) {
    const auto b = bars("20180102 000000;1.2;1.3;1.1;1.25;0\n20180102 000100;1.25;1.3;1.1;1.2;0\n");
    ASSERT_TRUE(b) << b.error().text;
    EXPECT_EQ(b->size(), 2u);
    EXPECT_EQ(to_iso8601(b->time[0]), "2018-01-02T05:00:00Z");
}

TEST_F(InputFileTest, reads_spread_and_ask_columns) {
    EXPECT_EQ(bars("time,open,high,low,close,spread\n1,1,1,1,1,0.0002\n")->spread.at(0), Price{200'000});
    const auto b = bars("time,open,high,low,close,ask_open,ask_high,ask_low,ask_close\n1,1,1,1,1,2,4,2,3\n");
    EXPECT_EQ(b->ask_high.at(0), Price::from_double(4));
    EXPECT_TRUE(b->spread.empty());
}

TEST_F(InputFileTest, knows_ticks_and_their_digits) {
    const auto file = inspect_input(write("time,bid,ask,bid_size,ask_size\n1.5,1,1,1,1\n"));
    ASSERT_TRUE(file) << file.error().text;
    EXPECT_TRUE(file->two_sided);
    const auto ticks = inspect_input(write("time,bid,ask\n2017-01-01T22:00:00.932Z,1.12345,1.1235\n"));
    ASSERT_TRUE(ticks);
    EXPECT_TRUE(ticks->ticks);
    EXPECT_EQ(ticks->digits, 5);
    TickColumns out;
    ASSERT_TRUE(ticks_of(*ticks, {"X", Timeframe::ticks}, {})([&](const TickColumns& t) {
        out = t;
        return true;
    }));
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out.bid[0], Price{1'123'450'000});
    EXPECT_EQ(to_iso8601(out.time[0]), "2017-01-01T22:00:00.932Z");
}

TEST_F(InputFileTest, refuses_bad_files_naming_line_field_and_remedy) {
    struct Case {
        std::string content;
        const char* told;
    };
    const std::string head = "time,open,high,low,close\n";
    const Case cases[] = {
        {"", "empty"},
        {head, "a header but no rows"},
        {"time,bid,ask\n", "a header but no rows"},
        {"a,b,c\n1,2,3\n", "no time, open"},
        {"Datum,Start,Hoch,Tief,Schluss\n1,1,1,1,1\n", "data import"},
        {head + "1,1,1,1,1\n2,1,x,1,1\n", "line 3, column high: \"x\""},
        {head + "1,1,1,1,1\n\n2,1,0.5,1,1\n", "line 4, the high is below the low; correct or remove the row"},
        {head + "1,1,1,1,1\n2,1,2,1,3\n", "line 3, open or close lies outside high and low"},
        {head + "2,1,1,1,1\n2,1,1,1,1\n", "line 3, column time: 1970-01-01T00:00:02Z is not after the row before; sort"},
        {head + "yesterday,1,1,1,1\n", "line 2, column time"},
        {head + "1,1,1,1\n", "line 2, \"1,1,1,1\" has more or fewer columns"},
        {head + "1,1,1,1,nan\n", "column close"},
        {head + "1,1,1,1,\n", "column close: \"\" holds no value"},
        {head + "1,99999999999,1,1,1\n", "column open"},
        {head + "1,-1,1,1,1\n", "column open: \"-1\" is negative"},
        {std::string("\0\1\2\3", 4), "zero bytes"},
        {head + "1,1,1,1,1\n" + std::string(2 << 20, 'x'), "line 3: longer than 64 KiB"},
        {"time,open,high,low,close,ask_open,ask_high,ask_low,ask_close\n1,2,2,2,2,2,2,1.5,2\n",
         "line 2, column ask_low: 1.5 lies below the low 2.0 (crossed quote)"},
    };
    for (const Case& c : cases) {
        const auto b = bars(c.content);
        ASSERT_FALSE(b) << c.told;
        EXPECT_EQ(b.error().code, ErrorCode::bad_input) << c.told;
        EXPECT_THAT(b.error().text, HasSubstr(c.told));
        EXPECT_THAT(b.error().text, HasSubstr("f.csv"));
    }
    const auto crossed = inspect_input(write("time,bid,ask\n1,1.2,1.3\n2,1.25,1.24\n"));
    EXPECT_THAT(crossed.error().text, HasSubstr("f.csv, line 3, column ask: 1.24 lies below the bid 1.25 (crossed quote)"));
    EXPECT_EQ(crossed.error().code, ErrorCode::bad_input);
    EXPECT_EQ(inspect_input("/nowhere/f.csv").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace aitrading::backtest
