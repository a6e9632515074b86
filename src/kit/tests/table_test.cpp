#include "kit/table.hpp"

#include <gtest/gtest.h>

namespace aitrading::kit {
namespace {

using enum Table::Align;

TEST(Table, aligns_text_left_and_numbers_right_under_a_rule) {
    Table table({{"model", left}, {"accuracy", right}, {"n", right}});
    table.add({"lightgbm", "52.8 %", "30,000"});
    table.add({"har", "9.1 %", "5"});
    EXPECT_EQ(table.render(),
              "model     accuracy       n\n"
              "────────  ────────  ──────\n"
              "lightgbm    52.8 %  30,000\n"
              "har          9.1 %       5\n");
}

TEST(Table, counts_characters_and_not_bytes) {
    Table table({{"name", left}, {"x", right}});
    table.add({"−ä€", "1"});
    table.add({"abcde", "2"});
    EXPECT_EQ(table.render(), "name   x\n─────  ─\n−ä€    1\nabcde  2\n");
}

TEST(Table, leaves_no_blanks_at_the_end_of_a_line) {
    Table table({{"a", right}, {"text", left}});
    table.add({"1", "long text"});
    table.add({"2", ""});
    EXPECT_EQ(table.render(), "a  text\n─  ─────────\n1  long text\n2\n");
}

TEST(Table, without_rows_shows_its_head) { EXPECT_EQ(Table({{"a", left}}).render(), "a\n─\n"); }

TEST(Table, writes_no_colour_codes) {
    Table table({{"a", left}});
    table.add({"b"});
    EXPECT_EQ(table.render().find('\033'), std::string::npos);
}

}  // namespace
}  // namespace aitrading::kit
