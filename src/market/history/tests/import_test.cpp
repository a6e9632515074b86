#include "market/history/import.hpp"

#include <gtest/gtest.h>

#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

constexpr const char* histdata_rows =
    "20180101 170000;1.200370;1.201000;1.200370;1.201000;0\n"
    "20180101 170100;1.200830;1.200950;1.200170;1.200300;0\n"
    "20180101 170200;1.200350;1.200430;1.200350;1.200430;0\n";

TEST(Import, stores_what_the_file_says_as_instants_and_exact_prices) {
    Folder folder;
    const auto report = folder.import(folder.write("DAT_ASCII_EURUSD_M1_2018.csv", histdata_rows));
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(report->format, "histdata");
    EXPECT_EQ(report->timezone, "America/New_York");
    EXPECT_EQ(report->rows_stored, 3);
    const auto bars = folder.store().read_bars({"EURUSD", Timeframe::m1}, {});
    ASSERT_TRUE(bars.has_value()) << bars.error().text;
    ASSERT_EQ(bars->size(), 3U);
    EXPECT_EQ(to_iso8601(bars->time[0]), "2018-01-01T22:00:00Z");
    EXPECT_EQ(bars->low[1].raw, 1'200'170'000);
    EXPECT_EQ(bars->digits, 5);
}

TEST(Import, of_the_same_rows_twice_changes_no_byte) {
    Folder folder;
    const auto file = folder.write("EURUSD.csv", histdata_rows);
    ASSERT_TRUE(folder.import(file).has_value());
    const auto before = folder.home_content();
    const auto again = folder.import(file);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->rows_stored, 0);
    EXPECT_EQ(again->rows_known, 3);
    EXPECT_EQ(folder.home_content(), before);
}

TEST(Import, keeps_stored_rows_that_new_ones_contradict_unless_told_to_replace) {
    Folder folder;
    ASSERT_TRUE(folder.import(folder.write("EURUSD.csv", histdata_rows)).has_value());
    const auto other = folder.write("EURUSD_2.csv",
                                    "20180101 170100;1.200830;1.200950;1.200170;1.200400;0\n"
                                    "20180101 170300;1.200350;1.200430;1.200350;1.200430;0\n");
    const auto kept = folder.import(other);
    ASSERT_TRUE(kept.has_value()) << kept.error().text;
    EXPECT_EQ(kept->rows_conflicting, 1);
    EXPECT_EQ(kept->rows_stored, 1);
    const SeriesKey key{"EURUSD", Timeframe::m1};
    EXPECT_EQ(folder.store().read_bars(key, {})->close[1].raw, 1'200'300'000);
    ImportOptions replace;
    replace.replace = true;
    const auto taken = folder.import(other, replace);
    EXPECT_EQ(taken->rows_stored, 1);
    EXPECT_EQ(folder.store().read_bars(key, {})->close[1].raw, 1'200'400'000);
    EXPECT_EQ(folder.store().describe(key)->rows, 4);
}

}  // namespace
}  // namespace aitrading::market
