// Recordings of order books: parsed, stored, given back, refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "market/history/book_csv.hpp"
#include "market/history/book_reader.hpp"
#include "market/history/check_series.hpp"
#include "market/history/export.hpp"
#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

using testing::HasSubstr;

constexpr std::string_view futures =
    R"(1723161255000000001 {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256299,"T":1723161256298,"s":"BTCUSDT","U":10,"u":12,"pu":9,"b":[["100.10","2.5"],["100.00","0.000"]],"a":[]}})"
    "\n"
    R"(1723161255000000002 {"lastUpdateId":12,"E":1,"T":1723161256493,"bids":[["100.10","2.5"],["99.90","1"]],"asks":[["100.30","4"]]})"
    "\n"
    R"(1723161255000000003 {"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":13,"s":"BTCUSDT","b":"100.10","B":"2.507","a":"100.30","A":"2.510","T":1723161256313,"E":1723161256313}})"
    "\n"
    R"(1723161255000000004 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161256322,"T":1723161256322,"s":"BTCUSDT","t":77,"p":"100.30","q":"0.006","X":"MARKET","m":true}})"
    "\n"
    R"(1723161255000000005 {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":5,"T":1723161256400,"s":"BTCUSDT","U":14,"u":15,"pu":12,"b":[],"a":[]}})"
    "\n";

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

BookRows read_all(const std::filesystem::path& file) {
    BookReader reader = *BookReader::open(file);
    BookRows all;
    while (*reader.next(all, all.size() + 2)) {
    }
    EXPECT_EQ(reader.defects().refused(), 0);
    return all;
}

TEST(BookImport, binance_messages_become_rows) {
    Folder folder;
    const BookRows book = read_all(folder.write("r.txt", futures));
    ASSERT_EQ(book.size(), 9U);
    EXPECT_EQ(book.digits, 1);
    const BookEvent& level = book.rows[1];
    EXPECT_EQ(level.kind, BookKind::level);
    EXPECT_EQ(level.price.raw, 100 * Price::scale);
    EXPECT_EQ(level.quantity.raw, 0);
    EXPECT_EQ(level.first_id, 10);
    EXPECT_EQ(level.last_id, 12);
    EXPECT_EQ(level.previous_id, 9);
    EXPECT_EQ(level.time.value, 1723161255000000001);
    EXPECT_EQ(level.exchange_time.value, 1723161256298000000);
    EXPECT_FALSE(book.rows[0].last_of_message);
    EXPECT_TRUE(level.last_of_message);
    EXPECT_EQ(book.rows[4].kind, BookKind::snapshot);
    EXPECT_EQ(book.rows[4].side, BookSide::ask);
    EXPECT_EQ(book.rows[5].kind, BookKind::quote);
    EXPECT_EQ(book.rows[6].quantity.raw, 2'510'000);
    EXPECT_EQ(book.rows[7].kind, BookKind::trade);
    EXPECT_EQ(book.rows[7].side, BookSide::ask);  // the buyer was the maker
    EXPECT_EQ(book.rows[7].last_id, 77);
    EXPECT_EQ(book.rows[8].kind, BookKind::mark);
}

TEST(BookImport, stores_lists_and_gives_back) {
    Folder folder;
    const auto file = folder.write("recording", futures);
    const auto report = folder.import(file);
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(report->format, "binance-book");
    EXPECT_EQ(to_string(report->key), "BTCUSDT book");
    EXPECT_EQ(report->rows_stored, 9);
    const auto before = folder.home_content();
    const auto again = folder.import(file);
    EXPECT_EQ(again->rows_known, 9);
    EXPECT_EQ(folder.home_content(), before);
    ASSERT_EQ(folder.store().list()->size(), 1U);
    const auto out = folder.path() / "book.csv";
    EXPECT_EQ(*export_csv(folder.store(), report->key, out), 9);
    const std::string text = bytes_of(out);
    EXPECT_THAT(text, HasSubstr("time,exchange_time,kind,side,price,quantity,first_id,last_id,previous_id,last_of_message\n"));
    EXPECT_THAT(text, HasSubstr("2024-08-08T23:54:15.000000001Z,2024-08-08T23:54:16.298Z,level,bid,100.1,2.5,10,12,9,0\n"));
    EXPECT_THAT(text, HasSubstr(",mark,,,,14,15,12,1\n"));
    const auto check = check_series(folder.store(), report->key);
    ASSERT_TRUE(check.has_value());
    EXPECT_TRUE(check->defects.empty());
}

TEST(BookImport, joins_recordings_that_follow_and_leaves_those_that_contradict) {
    Folder folder;
    ASSERT_TRUE(folder.import(folder.write("a", futures)).has_value());
    std::string later(futures);
    for (std::size_t at = 0; (at = later.find("17231612550000000", at)) != std::string::npos; ++at) later.replace(at, 17, "17231612560000000");
    EXPECT_EQ(folder.import(folder.write("b", later))->rows_stored, 9);
    EXPECT_EQ(folder.store().describe({"BTCUSDT", book_timeframe})->rows, 18);
    std::string other(futures);
    other.replace(other.find("2.507"), 5, "2.508");
    const auto c = folder.write("c", other);
    EXPECT_EQ(folder.import(c)->rows_conflicting, 9);
    EXPECT_EQ(folder.store().describe({"BTCUSDT", book_timeframe})->rows, 18);
    ImportOptions options;
    options.replace = true;
    EXPECT_EQ(folder.import(c, options)->rows_stored, 9);
    EXPECT_EQ(folder.store().describe({"BTCUSDT", book_timeframe})->rows, 18);
}

TEST(BookImport, refuses_what_is_no_message_and_says_where) {
    Folder folder;
    std::string text(futures);
    text += "1723161255000000006 {\"e\":\"depthUpdate\",\"s\":\"BTCUSDT\",\"U\":16,\"u\":17,\"b\":[[\"x\",\"1\"]],\"a\":[]}\n";
    text += "1723161255000000007 {\"e\":\"markPrice\",\"s\":\"BTCUSDT\"}\n";
    text += "1723161255000000008 {\"e\":\n";
    text += "1723161255000000001 {\"e\":\"trade\",\"s\":\"BTCUSDT\",\"t\":1,\"p\":\"1\",\"q\":\"1\",\"m\":false}\n";
    const auto report = folder.import(folder.write("r", text));
    ASSERT_TRUE(report.has_value()) << report.error().text;
    EXPECT_EQ(report->rows_stored, 9);
    EXPECT_EQ(report->rows_rejected, 4);
    ASSERT_EQ(report->defects.size(), 3U);
    EXPECT_EQ(report->defects[0].kind, "not_a_number");
    EXPECT_EQ(report->defects[0].row, 6);
    EXPECT_EQ(report->defects[1].kind, "not_a_message");
    EXPECT_EQ(report->defects[1].count, 2);
    EXPECT_EQ(report->defects[2].kind, "out_of_order");
    std::string two(futures);
    two += "1723161255000000009 {\"e\":\"trade\",\"s\":\"ETHUSDT\",\"t\":1,\"p\":\"1\",\"q\":\"1\",\"m\":false}\n";
    const auto mixed = folder.import(folder.write("two", two));
    ASSERT_FALSE(mixed.has_value());
    EXPECT_THAT(mixed.error().text, HasSubstr("line 6: speaks of ETHUSDT"));
}

TEST(BookImport, says_where_updates_are_missing) {
    Folder folder;
    std::string text(futures);
    text += "1723161255000000006 {\"e\":\"depthUpdate\",\"s\":\"BTCUSDT\",\"U\":30,\"u\":31,\"pu\":29,\"b\":[[\"99\",\"1\"]],\"a\":[]}\n";
    const auto report = folder.import(folder.write("r", text));
    ASSERT_TRUE(report.has_value());
    EXPECT_THAT(report->warnings[0], HasSubstr("1 gaps"));
    const auto check = check_series(folder.store(), report->key);
    ASSERT_EQ(check->defects.size(), 1U);
    EXPECT_EQ(check->defects[0].kind, "gap_in_update_ids");
    EXPECT_EQ(check->defects[0].row, 10);
}

TEST(BookImport, tardis_tables) {
    Folder folder;
    const std::string common = "exchange,symbol,timestamp,local_timestamp,";
    const BookRows book = read_all(folder.write("l2.csv", common + "is_snapshot,side,price,amount\n"
                                                "deribit,BTC-PERPETUAL,1000,2000,true,ask,6421.5,18640\n"
                                                "deribit,BTC-PERPETUAL,1000,2000,true,bid,6421,10\n"
                                                "deribit,BTC-PERPETUAL,1500,2500,false,ask,6421.5,0\n"
                                                "deribit,BTC-PERPETUAL,1501,2500,false,ask,6422,7\n"));
    ASSERT_EQ(book.size(), 4U);
    EXPECT_EQ(book.rows[0].kind, BookKind::snapshot);
    EXPECT_FALSE(book.rows[0].last_of_message);
    EXPECT_TRUE(book.rows[1].last_of_message && book.rows[3].last_of_message && !book.rows[2].last_of_message);
    EXPECT_EQ(book.rows[3].time.value, 2'500'000);
    EXPECT_EQ(book.rows[3].exchange_time.value, 1'501'000);
    const BookRows trades = read_all(folder.write("t.csv", common + "id,side,price,amount\n"
                                                  "bitmex,XBTUSD,1000,2000,ccc3c1fa-212c,sell,8531.5,2152\n"
                                                  "bitmex,XBTUSD,1000,2000,17,buy,8531.5,1\n"));
    EXPECT_EQ(trades.rows[0].side, BookSide::ask);
    EXPECT_EQ(trades.rows[0].last_id, 0);
    EXPECT_EQ(trades.rows[1].last_id, 17);
    const BookRows quotes = read_all(folder.write("q.csv", common + "ask_amount,ask_price,bid_price,bid_amount\n"
                                                  "huobi,BTC-USD,1000,2000,5494,8629.3,8629.2,806\n"));
    ASSERT_EQ(quotes.size(), 2U);
    EXPECT_EQ(quotes.rows[0].price.raw, 8'629'200'000'000);
    EXPECT_EQ(quotes.rows[1].quantity.raw, 5'494'000'000);
    const BookRows snap = read_all(folder.write("s.csv", common + "asks[0].price,asks[0].amount,bids[0].price,bids[0].amount\n"
                                                "binance,BTCUSDT,1000,2000,11657.08,1.714,11657.07,10.896\n"));
    ASSERT_EQ(snap.size(), 2U);
    EXPECT_EQ(snap.rows[1].side, BookSide::bid);
    const auto wrong = BookReader::open(folder.write("w.csv", common + "rate\n"));
    ASSERT_FALSE(wrong.has_value());
    EXPECT_THAT(wrong.error().text, HasSubstr("w.csv, line 1"));
}

}  // namespace
}  // namespace aitrading::market
