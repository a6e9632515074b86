// Whatever a user may hand over by mistake: a clear refusal, and nothing stored.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fmt/format.h>

#include "market/history/bars_csv.hpp"
#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

using testing::HasSubstr;

constexpr const char* header = "time,open,high,low,close,volume\n";

std::string hour_row(int hour, std::string_view prices = "1.1,1.2,1.0,1.15,10") {
    return fmt::format("2018-01-{:02} {:02}:00,{}\n", 2 + hour / 24, hour % 24, prices);
}

std::string good_rows(int from, int to) {
    std::string out;
    for (int hour = from; hour < to; ++hour) out += hour_row(hour);
    return out;
}

std::string gzip(std::string_view text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

/// Imports `content` as EURUSD.csv and expects a refusal that leaves nothing behind.
Error refused(std::string_view content, const ImportOptions& options = {}) {
    UtcFolder folder;
    const auto report = folder.import(folder.write("EURUSD.csv", content), options);
    EXPECT_FALSE(report.has_value());
    EXPECT_TRUE(folder.store().list()->empty());
    if (report) return {};
    EXPECT_THAT(report.error().text, HasSubstr("EURUSD.csv"));
    return report.error();
}

TEST(BadInput, empty_file) {
    EXPECT_THAT(refused("").text, HasSubstr("empty"));
    EXPECT_EQ(refused("").code, ErrorCode::bad_input);
    EXPECT_EQ(refused("\n\n\n").code, ErrorCode::bad_input);
    EXPECT_THAT(refused(header).text, HasSubstr("without rows"));
}

TEST(BadInput, missing_file_and_folder) {
    UtcFolder folder;
    EXPECT_EQ(folder.import(folder.path() / "absent.csv").error().code, ErrorCode::not_found);
    EXPECT_EQ(folder.import(folder.path()).error().code, ErrorCode::bad_input);
}

TEST(BadInput, binary_file) {
    const Error error = refused(std::string("\x7f" "ELF\0\1\2\3\0\0\0\0", 12));
    EXPECT_EQ(error.code, ErrorCode::bad_input);
    EXPECT_THAT(error.text, HasSubstr("not a text file"));
    EXPECT_EQ(refused(std::string(300'000, 'x')).code, ErrorCode::bad_input);
}

TEST(BadInput, truncated_and_damaged_gzip) {
    const std::string whole = gzip(header + good_rows(0, 500));
    const Error truncated = refused(whole.substr(0, whole.size() / 2));
    EXPECT_EQ(truncated.code, ErrorCode::bad_input);
    EXPECT_THAT(truncated.text, HasSubstr("truncated"));
    EXPECT_EQ(refused(whole.substr(0, whole.size() - 1)).code, ErrorCode::bad_input);
    std::string damaged = whole;
    damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);  // the checksum
    EXPECT_THAT(refused(damaged).text, HasSubstr("damaged"));
    EXPECT_THAT(refused("PK\x03\x04 and nothing of a zip").text, HasSubstr("zip"));
}

TEST(BadInput, wrong_columns) {
    EXPECT_THAT(refused("time,open,high,close\n2018-01-02 00:00,1,2,1\n").text, HasSubstr("no low"));
    const Error cut = refused(std::string(header) + "2018-01-02 00:00,1.1,1.2\n2018-01-02 01:00,1.1,1.2\n");
    EXPECT_EQ(cut.code, ErrorCode::bad_input);
    EXPECT_THAT(cut.text, HasSubstr("line 2"));
    ImportOptions mapped;
    mapped.layout.columns = "time=Zeit";
    EXPECT_THAT(refused(header + good_rows(0, 3), mapped).text, HasSubstr("there is no column \"Zeit\""));
    mapped.layout.columns = "sometime=time";
    UtcFolder folder;
    const auto unknown = folder.import(folder.write("EURUSD.csv", header + good_rows(0, 3)), mapped);
    EXPECT_EQ(unknown.error().code, ErrorCode::usage);
    EXPECT_THAT(unknown.error().text, HasSubstr("\"sometime=time\" is not NAME=COLUMN"));
}

TEST(BadInput, header_in_another_language_names_the_remedy) {
    const std::string german = "Datum;Eröffnung;Hoch;Tief;Schluss\n2018-01-02 00:00;1.1;1.2;1.0;1.15\n"
                               "2018-01-02 01:00;1.1;1.2;1.0;1.15\n";
    const Error error = refused(german);
    EXPECT_EQ(error.code, ErrorCode::bad_input);
    EXPECT_THAT(error.text, HasSubstr("--columns"));
    UtcFolder folder;
    ImportOptions mapped;
    mapped.layout.columns = "time=Datum,open=Eröffnung,high=Hoch,low=Tief,close=Schluss";
    const auto report = folder.import(folder.write("EURUSD.csv", german), mapped);
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(report->rows_stored, 2);
}

TEST(BadInput, unsound_rows_are_refused_by_kind_with_their_lines) {
    UtcFolder folder;
    const std::string text = header + good_rows(0, 20) + hour_row(20, "-1.1,1.2,1.0,1.15,10") +
                             hour_row(21, "nan,1.2,1.0,1.15,10") + hour_row(22, "0,1.2,1.0,1.15,10") +
                             hour_row(23, "1.1,1.0,1.2,1.15,10") + hour_row(24, "1.3,1.2,1.0,1.15,10") +
                             hour_row(25, "x,1.2,1.0,1.15,10") + hour_row(26, ",1.2,1.0,1.15,10") + good_rows(27, 40) +
                             hour_row(39) + hour_row(12) + good_rows(40, 50);
    const auto report = folder.import(folder.write("EURUSD.csv", text));
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(report->rows_rejected, 9);
    EXPECT_EQ(report->rows_stored, 43);
    std::map<std::string, std::int64_t> lines;
    for (const Defect& defect : report->defects) lines[defect.kind] = defect.row;
    const std::map<std::string, std::int64_t> expected{{"negative", 22},     {"nan", 23},
                                                       {"zero", 24},         {"high_below_low", 25},
                                                       {"outside_high_low", 26}, {"not_a_number", 27},
                                                       {"missing_value", 28}, {"duplicate", 42}, {"gap", 29},
                                                       {"out_of_order", 43}};
    EXPECT_EQ(lines, expected);
}

TEST(BadInput, a_single_leap_forward_does_not_refuse_what_follows) {
    UtcFolder folder;
    const auto report = folder.import(folder.write("EURUSD.csv", header + good_rows(0, 5) + hour_row(300) + good_rows(5, 50)));
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->rows_rejected, 1);
    EXPECT_EQ(report->rows_stored, 50);
}

TEST(BadInput, mostly_negative_or_nan_prices_refuse_the_file) {
    const Error error = refused(std::string(header) + hour_row(0, "-1.1,-1.0,-1.2,-1.15,10") + hour_row(1, "nan,nan,nan,nan,1"));
    EXPECT_EQ(error.code, ErrorCode::bad_input);
    EXPECT_THAT(error.text, HasSubstr("line 2"));
    EXPECT_THAT(error.text, HasSubstr("column open"));
}

TEST(BadInput, a_million_identical_rows) {
    std::string text = header;
    const std::string row = hour_row(0);
    for (int i = 0; i < 1'000'000; ++i) text += row;
    const Error error = refused(text);
    EXPECT_EQ(error.code, ErrorCode::bad_input);
    EXPECT_THAT(error.text, HasSubstr("999999 of 1000000 rows are unsound"));
    EXPECT_THAT(error.text, HasSubstr("line 3"));
}

TEST(BadInput, dates_in_the_far_future_or_that_do_not_exist) {
    ImportOptions options;
    options.now = *parse_iso8601("2026-01-01");
    const Error error = refused(std::string(header) + "2218-01-02 00:00,1.1,1.2,1.0,1.15,1\n2218-01-02 01:00,1.1,1.2,1.0,1.15,1\n",
                                options);
    EXPECT_EQ(error.code, ErrorCode::bad_input);
    EXPECT_THAT(error.text, HasSubstr("future"));
    EXPECT_THAT(refused(std::string(header) + "2018-02-30 00:00,1.1,1.2,1.0,1.15,1\n").text, HasSubstr("column time"));
    EXPECT_THAT(refused(std::string(header) + "9999-02-03 00:00,1.1,1.2,1.0,1.15,1\n").text, HasSubstr("column time"));
}

TEST(BadInput, two_symbols_in_one_file) {
    const Error error = refused("time,symbol,open,high,low,close\n2018-01-02 00:00,BTC/USD,1,2,1,2\n"
                                "2018-01-02 01:00,ETH/USD,1,2,1,2\n");
    EXPECT_EQ(error.code, ErrorCode::bad_input);
    EXPECT_THAT(error.text, HasSubstr("line 3, column symbol: ETH/USD after BTC/USD"));
}

TEST(BadInput, decimal_comma_is_recognised) {
    const std::string text = "time;open;high;low;close\n2018-01-02 00:00;1,1034;1,1035;1,1033;1,1034\n"
                             "2018-01-02 01:00;1,1034;1,1035;1,1033;1,1034\n";
    UtcFolder folder;
    const auto report = folder.import(folder.write("EURUSD.csv", text));
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(folder.store().read_bars(report->key, {})->open[0].raw, 1'103'400'000);
}

TEST(BadInput, decimal_comma_that_no_number_proves_is_asked_for) {
    const std::string text = "time;open;high;low;close\n2018-01-02 00:00;1,103;1,103;1,103;1,103\n"
                             "2018-01-02 01:00;1,103;1,103;1,103;1,103\n";
    EXPECT_THAT(refused(text).text, HasSubstr("line 2, column open: \"1,103\" is not a number. Decimal comma? Try --decimal ,"));
    UtcFolder folder;
    ImportOptions comma;
    comma.layout.decimal_point = ',';
    const auto report = folder.import(folder.write("EURUSD.csv", text), comma);
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(folder.store().read_bars(report->key, {})->open[0].raw, 1'103'000'000);
}

TEST(BadInput, decimal_commas_between_commas_name_the_remedy) {
    EXPECT_THAT(refused("time,open,high,low,close\n2018-01-02 00:00,1,1034,1,1035,1,1033,1,1034\n"
                        "2018-01-02 01:00,1,1034,1,1035,1,1033,1,1034\n").text,
                HasSubstr("Export it with semicolons or tabs"));
}

TEST(BadInput, unknown_symbol_point_and_timeframe_ask_for_the_option) {
    UtcFolder folder;
    const auto nameless = folder.import(folder.write("prices.csv", header + good_rows(0, 3)));
    EXPECT_EQ(nameless.error().code, ErrorCode::usage);
    EXPECT_THAT(nameless.error().text, HasSubstr("--symbol"));
    const auto points = folder.import(folder.write(
        "US30.csv", "Date,open,high,low,close,tick_volume\n2018-01-02 00:00:00,2500000.0,2500000.0,2500000.0,2500000.0,1\n"));
    EXPECT_THAT(points.error().text, HasSubstr("--point"));
    const auto single = folder.import(folder.write("EURUSD.csv", header + good_rows(0, 1)));
    EXPECT_THAT(single.error().text, HasSubstr("--timeframe"));
    ImportOptions zone;
    zone.timezone = "Nowhere/City";
    EXPECT_EQ(folder.import(folder.write("EURUSD.csv", header + good_rows(0, 3)), zone).error().code, ErrorCode::usage);
    EXPECT_TRUE(folder.store().list()->empty());
}

TEST(BadInput, newest_first_files_are_reversed_and_it_is_said) {
    UtcFolder folder;
    std::string text = header;
    for (int hour = 49; hour >= 0; --hour) text += hour_row(hour);
    const auto report = folder.import(folder.write("EURUSD.csv", text));
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->rows_stored, 50);
    EXPECT_EQ(report->defects.at(0).kind, "newest_first");
}

TEST(BadInput, load_bars_csv_refuses_the_first_unsound_row) {
    UtcFolder folder;
    const auto good = load_bars_csv(folder.write("bars.csv", header + good_rows(0, 5)));
    ASSERT_TRUE(good.has_value()) << good.error().text;
    EXPECT_EQ(good->size(), 5U);
    EXPECT_EQ(good->key.timeframe, Timeframe::h1);
    const auto bad = load_bars_csv(folder.write("bars.csv", header + good_rows(0, 5) + hour_row(5, "1.1,1.0,1.2,1.1,1") +
                                                                good_rows(6, 9)));
    EXPECT_THAT(bad.error().text, HasSubstr("line 7"));
    EXPECT_EQ(bad.error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::market
