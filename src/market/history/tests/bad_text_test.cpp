// Text as other programs leave it: line ends, encodings, separators, orders of dates.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "market/history/tests/folder.hpp"
#include "market/history/line_reader.hpp"

namespace aitrading::market {
namespace {

using testing::HasSubstr;

std::string utf16(std::string_view ascii, bool big, bool mark) {
    std::string out;
    const auto put = [&](unsigned unit) {
        const char low = static_cast<char>(unit & 0xFF), high = static_cast<char>(unit >> 8);
        out += big ? high : low;
        out += big ? low : high;
    };
    if (mark) put(0xFEFF);
    for (const char c : ascii) put(static_cast<unsigned char>(c));
    return out;
}

std::string export_rows(int rows, std::string_view end) {
    std::string out = fmt::format("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>{}", end);
    for (int i = 0; i < rows; ++i)
        out += fmt::format("2018.01.{:02}\t{:02}:{:02}:00\t1.1\t1.2\t1.0\t1.15\t10\t0\t5{}", 1 + i / 1440, i / 60 % 24, i % 60, end);
    return out;
}

std::vector<std::string> lines_of(std::string_view text, std::size_t block = 0) {
    auto source = open_bytes(text, "x");
    EXPECT_TRUE(source.has_value());
    LineReader reader(*std::move(source), "x", block);
    std::vector<std::string> out;
    std::string_view line;
    while (*reader.next(line)) out.emplace_back(line);
    EXPECT_EQ(reader.line_number(), static_cast<std::int64_t>(out.size()));
    return out;
}

TEST(BadText, line_ends_may_be_mixed) {
    EXPECT_EQ(lines_of("a\nb\r\nc\rd\r\n\re"), (std::vector<std::string>{"a", "b", "c", "d", "", "e"}));
    EXPECT_EQ(lines_of("a\r"), (std::vector<std::string>{"a"}));
    std::string many;
    for (int i = 0; i < 60'000; ++i) many += fmt::format("{}{}", i, i % 3 == 0 ? "\r\n" : i % 3 == 1 ? "\r" : "\n");
    const auto lines = lines_of(many);
    ASSERT_EQ(lines.size(), 60'000U);
    for (std::size_t i = 0; i < lines.size(); ++i) ASSERT_EQ(lines[i], std::to_string(i));
    UtcFolder folder;
    std::string text = export_rows(500, "\r\n");
    std::size_t at = 0;
    for (int i = 0; (at = text.find("\r\n", at)) != std::string::npos; ++i, ++at) text.replace(at, 2, i % 3 == 0 ? "\r" : i % 3 == 1 ? "\n" : "\r\n");
    EXPECT_EQ(folder.import(folder.write("EURUSD.csv", text))->rows_stored, 500);
    EXPECT_EQ(folder.import(folder.write("GBPUSD.csv", export_rows(30'000, "\r")))->rows_stored, 30'000);
}

TEST(BadText, utf16_of_metatrader_is_decoded_in_pieces) {
    const std::string text = export_rows(40'000, "\r\n");
    for (const bool big : {false, true})
        for (const bool mark : {false, true}) {
            UtcFolder folder;
            const auto report = folder.import(folder.write("EURUSD.csv", utf16(text, big, mark)));
            ASSERT_TRUE(report.has_value()) << report.error().text;
            EXPECT_EQ(report->rows_stored, 40'000);
            EXPECT_EQ(report->format, "mt5-export");
        }
    std::string pairs = "\xFF\xFE";
    pairs += std::string("\x3D\xD8\x00\xDE\x0A\x00\x00\xD8\x0A\x00\xE9\x00\xAC\x20", 14) + "x";
    EXPECT_EQ(lines_of(pairs), (std::vector<std::string>{"\xF0\x9F\x98\x80", "\xEF\xBF\xBD", "\xC3\xA9\xE2\x82\xAC\xEF\xBF\xBD"}));
}

std::string days(const char* form) {
    std::string out = "time,open,high,low,close\n";
    for (int day = 1; day <= 12; ++day) out += fmt::format(fmt::runtime(form), fmt::arg("d", day)) + ",1,2,1,2\n";
    return out;
}

TEST(BadText, dates_of_either_order_are_asked_for_unless_a_row_proves_it) {
    UtcFolder folder;
    const auto ambiguous = folder.import(folder.write("EURUSD.csv", days("{d:02}/03/2018")));
    EXPECT_EQ(ambiguous.error().code, ErrorCode::bad_input);
    EXPECT_THAT(ambiguous.error().text, HasSubstr("line 2, column time: \"01/03/2018\""));
    EXPECT_THAT(ambiguous.error().text, HasSubstr("--date-order"));
    ImportOptions told;
    told.layout.date_order = DateOrder::day_first;
    EXPECT_EQ(to_iso8601(folder.import(folder.write("A.csv", days("{d:02}/03/2018")), told)->last), "2018-03-12T00:00:00Z");
    EXPECT_EQ(to_iso8601(folder.import(folder.write("B.csv", days("{d:02}/03/2018") + "13/03/2018,1,2,1,2\n"))->first), "2018-03-01T00:00:00Z");
    EXPECT_EQ(to_iso8601(folder.import(folder.write("C.csv", days("3-{d}-2018") + "3-13-2018,1,2,1,2\n"))->last), "2018-03-13T00:00:00Z");
    EXPECT_EQ(to_iso8601(folder.import(folder.write("D.csv", days("{d}.3.2018")))->last), "2018-03-12T00:00:00Z");
}

TEST(BadText, the_row_that_proves_the_order_of_dates_may_stand_anywhere) {
    UtcFolder folder;
    std::string text = "time,open,high,low,close\n";
    for (int i = 0; i < 3'000; ++i) text += fmt::format("{:02}/03/2018 {:02}:{:02},1,2,1,2\n", 1 + i / 1440, i / 60 % 24, i % 60);
    text += "13/03/2018 00:00,1,2,1,2\n";
    const auto report = folder.import(folder.write("EURUSD.csv", text));
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(to_iso8601(report->first), "2018-03-01T00:00:00Z");
}

TEST(BadText, clocks_of_twelve_hours) {
    UtcFolder folder;
    const auto report = folder.import(folder.write("EURUSD.csv", "time,open,high,low,close\n3/13/2018 12:00:00 AM,1,2,1,2\n3/13/2018 1:00 AM,1,2,1,2\n"
                                                                 "3/13/2018 12:00 PM,1,2,1,2\n3/13/2018 1:00:00 PM,1,2,1,2\n"));
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(to_iso8601(report->first), "2018-03-13T00:00:00Z");
    EXPECT_EQ(to_iso8601(report->last), "2018-03-13T13:00:00Z");
}

TEST(BadText, thousands_are_read_where_a_number_proves_them_and_asked_for_otherwise) {
    UtcFolder folder;
    const auto value_of = [&](const char* name, std::string_view prices, const ImportOptions& options = {}) -> std::int64_t {
        std::string text = "time;open;high;low;close\n";
        for (const char* time : {"2018-01-02 00:00", "2018-01-02 01:00"}) text += fmt::format("{};{}\n", time, prices);
        const auto report = folder.import(folder.write(name, text), options);
        if (!report) {
            EXPECT_THAT(report.error().text, HasSubstr("--decimal , (and where it separates thousands, --thousands ,)"));
            return 0;
        }
        return folder.store().read_bars(report->key, {})->open[0].raw;
    };
    EXPECT_EQ(value_of("AUS.csv", "1,366.95;1,367;1,365;1,366"), 1'366'950'000'000);
    EXPECT_EQ(value_of("GER.csv", "1.366,95;1.367;1.365;1.366"), 1'366'950'000'000);
    EXPECT_EQ(value_of("SWI.csv", "1'366.95;1'367;1'365;1'366"), 1'366'950'000'000);
    EXPECT_EQ(value_of("ASK2.csv", "1,366;1,367;1,365;1,366"), 0);
    ImportOptions thousands, comma;
    thousands.layout.thousands = ',';
    comma.layout.decimal_point = ',';
    EXPECT_EQ(value_of("TOLD.csv", "1,366;1,367;1,365;1,366", thousands), 1'366'000'000'000);
    EXPECT_EQ(value_of("COMMA.csv", "1,366;1,367;1,365;1,366", comma), 1'366'000'000);
}

}  // namespace
}  // namespace aitrading::market
