#include "market/simulator/market_csv.hpp"

#include <cctype>
#include <ostream>

#include <gtest/gtest.h>

#include "market/simulator/market_table.hpp"

namespace aitrading::market {
namespace {

TEST(MarketCsv, reads_back_as_the_same_doubles) {
    SyntheticMarket market(specified_market(strong_strength), 42);
    std::string text(judged_market_header);
    text += '\n';
    std::vector<MarketRow> rows;
    for (int i = 0; i < 5000; ++i) {
        rows.push_back(market.next());
        append_csv(text, rows.back(), Judgement{0.25, rows.back().regime});
    }
    const auto table = parse_market_table(text, "m.csv");
    ASSERT_TRUE(table) << table.error().text;
    ASSERT_EQ(table->size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(table->t[i], rows[i].t);
        ASSERT_EQ(table->x[i], rows[i].x);
        ASSERT_EQ(table->dxy[i], rows[i].dxy);
        ASSERT_EQ(table->r_bp[i], rows[i].r_bp);
        ASSERT_EQ(table->log_volume[i], rows[i].log_volume);
        ASSERT_EQ(table->log_spread[i], rows[i].log_spread);
    }
}

TEST(MarketCsv, writes_the_columns_in_the_order_of_the_header) {
    std::string text;
    append_csv(text, {3, 0.5, -1, 2.25, 1e-7, 4, 6}, std::nullopt);
    append_csv(text, {4, 0.5, -1, 2.25, 0.1, 4, 6}, Judgement{0.75, 6});
    EXPECT_EQ(text, "3,0.5,-1,2.25,1e-07,4\n4,0.5,-1,2.25,0.1,4,0.75,6\n");
}

TEST(TickCsv, writes_utc_milliseconds_and_fixed_decimals) {
    std::string text;
    TickCsv csv(5);
    const std::int64_t second = from_civil({2019, 5, 31, 20, 59, 59, 0}).value;
    csv.append(text, {{second + 7'000'000}, {1'116'830'000}, {1'000'050'000}, {750'000'000'000}, {1'000'000}});
    csv.append(text, {{second + 1'123'000'000}, {116'830'000}, {12'116'860'000}, {0}, {100'000'000'000}});
    EXPECT_EQ(text, "2019-05-31T20:59:59.007Z,1.11683,1.00005,750000,1\n"
                    "2019-05-31T21:00:00.123Z,0.11683,12.11686,0,100000\n");
}

struct Refused {
    const char* text;
    const char* expected;
};
/// The default is the bytes of both pointers, another name in every run.
void PrintTo(const Refused& refused, std::ostream* out) {
    for (const char* c = refused.expected; *c != '\0'; ++c) *out << (std::isalnum(static_cast<unsigned char>(*c)) != 0 ? *c : '_');
}

class MarketTableErrors : public testing::TestWithParam<Refused> {};

TEST_P(MarketTableErrors, name_file_row_and_field) {
    const auto table = parse_market_table(GetParam().text, "m.csv");
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, ErrorCode::bad_input);
    EXPECT_NE(table.error().text.find(GetParam().expected), std::string::npos) << table.error().text;
}

#define HEADER "t,x,dxy,r_bp,log_volume,log_spread\n"
INSTANTIATE_TEST_SUITE_P(
    Texts, MarketTableErrors,
    testing::Values(Refused{"", "m.csv, row 1: the file is empty"},
                    Refused{"t,x,dxy,r_bp,log_volume\n0,1,1,1,1\n", "m.csv, row 1: column log_spread is missing"},
                    Refused{"zeit,x,dxy,r_bp,log_volume,log_spread\n", "row 1: column t is missing"},
                    Refused{"t,x,x,dxy,r_bp,log_volume,log_spread\n", "row 1: column x stands twice"},
                    Refused{HEADER, "m.csv, row 1: no bar follows the header"},
                    Refused{HEADER "0,1,1,1,1\n", "row 2: 5 fields, the header has 6"},
                    Refused{HEADER "0,1,1,1,1,1,1\n", "row 2: more fields, the header has 6"},
                    Refused{HEADER "0,1,1,1,1,1\n\n1,1,1,1,1,1\n", "row 3: 1 fields"},
                    Refused{HEADER "0,1,1,1,1,1\n0,1,1,1,1,1\n", "row 3: t is 0 after 0"},
                    Refused{HEADER "0,1,1,abc,1,1\n", "row 2: r_bp is \"abc\"; expected a number"},
                    Refused{HEADER "0,1,,1,1,1\n", "row 2: dxy is \"\""},
                    Refused{HEADER "0,1,1,nan,1,1\n", "row 2: r_bp is not a finite number"},
                    Refused{HEADER "0,1,1,1,1,inf\n", "row 2: log_spread is not a finite number"},
                    Refused{HEADER "0.5,1,1,1,1,1\n", "row 2: t is \"0.5\"; expected a whole number"},
                    Refused{"\x7F""ELF\x02\x01", "row 1: column t is missing"}));

TEST(MarketTable, takes_columns_by_name_and_leaves_others) {
    const auto table = parse_market_table("note,log_spread,t,x,r_bp,dxy,log_volume\r\nhello,6,1,2,4,3,5\r\n", "m.csv");
    ASSERT_TRUE(table) << table.error().text;
    ASSERT_EQ(table->size(), 1U);
    EXPECT_EQ(table->t[0], 1);
    EXPECT_EQ(table->x[0], 2);
    EXPECT_EQ(table->dxy[0], 3);
    EXPECT_EQ(table->r_bp[0], 4);
    EXPECT_EQ(table->log_volume[0], 5);
    EXPECT_EQ(table->log_spread[0], 6);
}

}  // namespace
}  // namespace aitrading::market
