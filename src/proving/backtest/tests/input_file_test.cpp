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

TEST_F(InputFileTest, reads_spread_and_ask_columns) {
    EXPECT_EQ(bars("time,open,high,low,close,spread\n1,1,1,1,1,0.0002\n")->spread.at(0), Price{200'000});
    const auto b = bars("time,open,high,low,close,ask_open,ask_high,ask_low,ask_close\n1,1,1,1,1,2,4,2,3\n");
    EXPECT_EQ(b->ask_high.at(0), Price::from_double(4));
    EXPECT_TRUE(b->spread.empty());
}

TEST_F(InputFileTest, knows_ticks_and_their_digits) {
    const auto file = inspect_input(write("time,bid,ask,bid_size,ask_size\n1.5,1,1,1,1\n"));
    EXPECT_FALSE(file) << "a fraction of a UNIX second is no time of the contract";
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
        {"", "empty file"},
        {head, "a header but no rows"},
        {"a,b,c\n1,2,3\n", "no column \"time\""},
        {"Datum,Start,Hoch,Tief,Schluss\n1,1,1,1,1\n", "data import"},
        {head + "1,1,1,1,1\n2,1,x,1,1\n", "line 3, field high: \"x\""},
        {head + "yesterday,1,1,1,1\n", "line 2, field time"},
        {head + "1,1,1,1\n", "line 2 has 4 fields where 5 are needed"},
        {head + "1,1,1,1,nan\n", "field close"},
        {head + "1,1,1,1,\n", "field close"},
        {head + "1,99999999999,1,1,1\n", "field open"},
        {std::string("\0\1\2\3", 4), "not a text file"},
        {head + "1,1,1,1,1\n" + std::string(2 << 20, 'x'), "longer than 1 MiB"},
    };
    for (const Case& c : cases) {
        const auto b = bars(c.content);
        ASSERT_FALSE(b) << c.told;
        EXPECT_EQ(b.error().code, ErrorCode::bad_input) << c.told;
        EXPECT_THAT(b.error().text, HasSubstr(c.told));
        EXPECT_THAT(b.error().text, HasSubstr("f.csv"));
    }
    EXPECT_EQ(inspect_input("/nowhere/f.csv").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace aitrading::backtest
