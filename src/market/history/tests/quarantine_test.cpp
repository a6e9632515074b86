#include "market/history/quarantine.hpp"

#include <gtest/gtest.h>

#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

constexpr const char* head = "time,open,high,low,close,volume\n";
constexpr const char* good = "2018-01-02 00:00,1.1,1.2,1.0,1.1,5\n2018-01-02 01:00,1.1,1.2,1.0,1.1,6\n2018-01-02 02:00,1.1,1.2,1.0,1.1,7\n";
const SeriesKey hours{"EURUSD", Timeframe::h1};

TEST(Quarantine, lists_what_was_kept_out_with_file_line_reason_and_text) {
    UtcFolder folder;
    const auto file = folder.write("EURUSD.csv", std::string(head) + good + "2018-01-02 03:00,1.1,1.0,1.2,1.1,8\n2018-01-02 02:00,1.1,1.2,1.0,1.1,9\n");
    ASSERT_TRUE(folder.import(file).has_value());
    const auto quarantine = read_quarantine(folder.store(), hours);
    ASSERT_TRUE(quarantine.has_value()) << quarantine.error().text;
    ASSERT_EQ(quarantine->rows.size(), 2U);
    EXPECT_EQ(quarantine->rows[0].row.line, 5);
    EXPECT_EQ(quarantine->rows[0].row.kind, "high_below_low");
    EXPECT_EQ(quarantine->rows[0].row.text, "2018-01-02 03:00,1.1,1.0,1.2,1.1,8");
    EXPECT_TRUE(quarantine->rows[0].file.ends_with("EURUSD.csv"));
    EXPECT_EQ(quarantine->rows[1].row.kind, "duplicate");
    EXPECT_EQ(quarantine->rows[1].row.text, "2018-01-02 02:00,1.1,1.2,1.0,1.1,9");  // read again from the file
    EXPECT_FALSE(quarantine->rows[1].row.reason.empty());
}

TEST(Quarantine, is_the_same_after_the_same_import_and_empty_after_a_mended_one) {
    UtcFolder folder;
    const auto file = folder.write("EURUSD.csv", std::string(head) + good + "2018-01-02 03:00,1.1,1.0,1.2,1.1,8\n");
    ASSERT_TRUE(folder.import(file).has_value());
    const auto before = folder.home_content();
    ASSERT_TRUE(folder.import(file).has_value());
    EXPECT_EQ(folder.home_content(), before);
    folder.write("EURUSD.csv", std::string(head) + good + "2018-01-02 03:00,1.1,1.2,1.0,1.1,8\n");
    ASSERT_TRUE(folder.import(file).has_value());
    EXPECT_TRUE(read_quarantine(folder.store(), hours)->rows.empty());
    EXPECT_EQ(folder.store().describe(hours)->rows, 4);
}

TEST(Quarantine, goes_with_its_series) {
    UtcFolder folder;
    ASSERT_TRUE(folder.import(folder.write("EURUSD.csv", std::string(head) + good + "2018-01-02 03:00,0,1.2,1.0,1.1,8\n")).has_value());
    ASSERT_EQ(read_quarantine(folder.store(), hours)->rows.size(), 1U);
    ASSERT_TRUE(folder.store().remove(hours).has_value());
    EXPECT_EQ(read_quarantine(folder.store(), hours).error().code, ErrorCode::not_found);
}

TEST(Quarantine, survives_its_own_text) {
    Quarantine quarantine;
    quarantine.omitted = 3;
    quarantine.rows.push_back({"a\tb\\c", {7, "nan", "line\nend", "x\t\r\\t"}});
    const auto back = parse_quarantine(to_text(quarantine));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->rows, quarantine.rows);
    EXPECT_EQ(back->omitted, 3);
    EXPECT_FALSE(parse_quarantine("omitted\t0\nonly\tthree\tfields\n").has_value());
}

}  // namespace
}  // namespace aitrading::market
