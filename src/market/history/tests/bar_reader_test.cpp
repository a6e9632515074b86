#include "market/history/bar_reader.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "market/history/bars_csv.hpp"
#include "market/history/export.hpp"
#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

using testing::HasSubstr;

/// Rows `time,p,p,p,p` whose four prices are one.
std::string flat_hours(int count, std::string_view rest) {
    std::string out;
    for (int i = 0; i < count; ++i) {
        const std::string p = fmt::format("{:.5f}", 1.1 + i % 7 * 0.00011);
        out += fmt::format("2018-{:02}-{:02}T{:02}:00:00Z,{},{},{},{}{}\n", 1 + i / 24 / 28, 1 + i / 24 % 28, i % 24, p, p, p, p, rest);
    }
    return out;
}

Result<BarColumns> read_all(const std::filesystem::path& file, std::size_t rows_max) {
    TRY(BarReader reader, BarReader::open(file));
    BarColumns all, batch;
    while (true) {
        TRY(const std::size_t rows, reader.next(batch, rows_max));
        if (rows == 0) return all;
        for (std::size_t i = 0; i < rows; ++i) all.append(batch.bar(i));
        all.spread.insert(all.spread.end(), batch.spread.begin(), batch.spread.end());
        all.digits = batch.digits;
    }
}

TEST(BarReader, streams_what_load_bars_csv_holds_whatever_the_batch) {
    Folder folder;
    const auto file = folder.write("EURUSD.csv", "time,open,high,low,close,spread\n" + flat_hours(3'000, ",12"));
    const auto whole = load_bars_csv(file);
    ASSERT_TRUE(whole.has_value()) << whole.error().text;
    for (const std::size_t rows_max : {7UZ, 999UZ, 1'000UZ, 2'500UZ, 65'536UZ}) {
        const auto streamed = read_all(file, rows_max);
        ASSERT_TRUE(streamed.has_value()) << streamed.error().text;
        EXPECT_TRUE(streamed->time == whole->time && streamed->close == whole->close) << rows_max;
        EXPECT_EQ(streamed->spread, whole->spread) << rows_max;
        EXPECT_EQ(streamed->digits, whole->digits);
    }
    EXPECT_EQ(whole->spread.at(2'999).raw, 120'000) << "12 points of a fifth decimal";
}

TEST(BarReader, a_spread_with_a_fraction_is_a_price_and_a_whole_one_counts_points) {
    Folder folder;
    const auto spread_of = [&](std::string_view row) {
        const auto file = folder.write("EURUSD.csv", "time,open,high,low,close,spread\n" + std::string(row));
        const Price streamed = read_all(file, 10)->spread.at(0), loaded = load_bars_csv(file)->spread.at(0);
        EXPECT_EQ(streamed, loaded) << row;
        return streamed.raw;
    };
    EXPECT_EQ(spread_of("2018-01-02,1.10345,1.10345,1.10345,1.10345,12\n"), 120'000);
    EXPECT_EQ(spread_of("2018-01-02,1.10345,1.10345,1.10345,1.10345,12.0\n"), 120'000);
    EXPECT_EQ(spread_of("2018-01-02,1.10345,1.10345,1.10345,1.10345,0.00012\n"), 120'000);
    EXPECT_EQ(spread_of("2018-01-02,2701.5,2701.5,2701.5,2701.5,1.0\n"), 1'000'000'000);
    EXPECT_EQ(spread_of("2018-01-02,2701.5,2701.5,2701.5,2701.5,1\n"), 100'000'000);
}

TEST(BarReader, a_spread_that_changes_its_unit_is_refused) {
    Folder folder;
    const std::string head = "time,open,high,low,close,spread\n" + flat_hours(1'200, ",12");
    const auto fraction = read_all(folder.write("a.csv", head + "2019-01-02,1.1,1.1,1.1,1.1,0.5\n"), 500);
    EXPECT_THAT(fraction.error().text, HasSubstr("line 1202, column spread"));
    const auto finer = read_all(folder.write("b.csv", head + "2019-01-02,1.1,1.1,1.1,1.100001,5\n"), 500);
    EXPECT_THAT(finer.error().text, HasSubstr("line 1202"));
}

TEST(BarReader, an_exported_spread_comes_back_as_it_was) {
    Folder folder;
    ASSERT_TRUE(folder.import(folder.write("EURUSD.csv", "time,open,high,low,close,spread\n" + flat_hours(100, ",12"))).has_value());
    const SeriesKey key{"EURUSD", Timeframe::h1}, copy{"COPY", Timeframe::h1};
    ASSERT_TRUE(export_csv(folder.store(), key, folder.path() / "out.csv").has_value());
    ImportOptions options;
    options.layout.symbol = "COPY";
    ASSERT_TRUE(folder.import(folder.path() / "out.csv", options).has_value());
    EXPECT_EQ(folder.store().read_bars(copy, {})->spread, folder.store().read_bars(key, {})->spread);
    EXPECT_EQ(folder.store().read_bars(key, {})->spread.at(7).raw, 120'000);
}

TEST(BarReader, ticks_and_unknown_tables_are_refused) {
    Folder folder;
    EXPECT_THAT(BarReader::open(folder.write("t.csv", "time,bid,ask\n2018-01-02,1,1\n")).error().text, HasSubstr("ticks"));
    EXPECT_THAT(BarReader::open(folder.write("u.csv", "a,b\n1,2\n")).error().text, HasSubstr("u.csv, line 1"));
    EXPECT_EQ(BarReader::open(folder.path() / "gone.csv").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace aitrading::market
