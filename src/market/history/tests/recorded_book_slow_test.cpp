// The recordings of a real exchange: every message read, the ids continuous, the book equal to the exchange's own quotes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <tuple>

#include "market/history/book_reader.hpp"
#include "market/history/order_book.hpp"
#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

std::filesystem::path recorded(const std::string& name) {
    const char* shared = std::getenv("AITRADING_SHARED");
    const std::filesystem::path root = shared != nullptr ? shared : std::filesystem::path(AIT_SOURCE_DIR) / ".." / "shared";
    return root / "data" / "orderbook" / name;
}

struct Quote {
    std::int64_t id;
    BookLevel bid, ask;
};

struct Agreement {
    BookFeedCounts counts;
    std::int64_t compared = 0, equal = 0, crossed = 0;
};

/// After every update: the best levels of the book against the last quote that the exchange gave up to that update id.
Agreement compare(const std::filesystem::path& file, Price step) {
    BookReader reader = *BookReader::open(file);
    BookRows all;
    while (*reader.next(all, all.size() + 65'536)) {
    }
    EXPECT_EQ(reader.defects().refused(), 0);
    std::vector<Quote> quotes;
    for (std::size_t i = 0; i + 1 < all.size(); ++i)
        if (all.rows[i].kind == BookKind::quote && !all.rows[i].last_of_message)
            quotes.push_back({all.rows[i].last_id, {all.rows[i].price, all.rows[i].quantity},
                              {all.rows[i + 1].price, all.rows[i + 1].quantity}});
    EXPECT_TRUE(std::ranges::is_sorted(quotes, {}, &Quote::id));
    BookFeed feed(step);
    Agreement out;
    for (const BookEvent& row : all.rows) {
        feed.apply(row);
        if (!feed.valid() || !row.last_of_message || row.kind != BookKind::level) continue;
        out.crossed += feed.book().crossed();
        const auto next = std::ranges::upper_bound(quotes, feed.last_id(), {}, &Quote::id);
        if (next == quotes.begin() || next == quotes.end()) continue;
        const Quote& quote = *std::prev(next);
        ++out.compared;
        out.equal += feed.book().bids().best() == quote.bid && feed.book().asks().best() == quote.ask;
    }
    out.counts = feed.counts();
    return out;
}

TEST(RecordedBook, futures_book_equals_the_exchanges_best_quotes) {
    const auto file = recorded("binance/usdm/btcusdt_20240808.gz");
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "needs the recorded data in " << file;
    const Agreement a = compare(file, {100'000'000});
    EXPECT_EQ(a.counts.quotes, 66'089);
    EXPECT_EQ(a.counts.trades, 21'313);
    EXPECT_EQ(a.counts.snapshots, 1);
    EXPECT_EQ(a.counts.messages, 6'552);
    EXPECT_EQ(a.counts.gaps, 0);
    EXPECT_EQ(a.crossed, 0);
    RecordProperty("compared", static_cast<int>(a.compared));
    RecordProperty("equal", static_cast<int>(a.equal));
    std::printf("futures: %ld of %ld updates equal the exchange's best quote, %ld stale\n", a.equal, a.compared, a.counts.stale);
    EXPECT_GT(a.compared, 6'000);
    EXPECT_GT(static_cast<double>(a.equal) / static_cast<double>(a.compared), 0.99);
}

TEST(RecordedBook, spot_book_equals_the_exchanges_best_quotes) {
    const auto file = recorded("binance/spot/btcusdt_20240808.gz");
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "needs the recorded data in " << file;
    const Agreement a = compare(file, {10'000'000});
    EXPECT_EQ(a.counts.quotes, 28'040);
    EXPECT_EQ(a.counts.trades, 9'757);
    EXPECT_EQ(a.counts.messages, 3'452);
    EXPECT_EQ(a.counts.gaps, 0);
    EXPECT_EQ(a.crossed, 0);
    std::printf("spot: %ld of %ld updates equal the exchange's best quote, %ld stale\n", a.equal, a.compared, a.counts.stale);
    EXPECT_GT(a.compared, 3'000);
    EXPECT_GT(static_cast<double>(a.equal) / static_cast<double>(a.compared), 0.99);
}

TEST(RecordedBook, imports_every_sample_of_the_vendor) {
    for (const auto& [name, symbol, rows] : {std::tuple{"binance-futures_book_snapshot_25_BTCUSDT.csv", "BTCUSDT", 0},
                                             {"bitmex_trades_XBTUSD.csv", "XBTUSD", 0},
                                             {"deribit_incremental_book_L2_BTC-PERPETUAL.csv", "BTC-PERPETUAL", 0},
                                             {"huobi-dm-swap_quotes_BTC-USD.csv", "BTC-USD", 0}}) {
        const auto file = recorded(std::string("tardis/") + name);
        if (!std::filesystem::exists(file)) GTEST_SKIP() << "needs the recorded data in " << file;
        Folder folder;
        const auto report = folder.import(file);
        ASSERT_TRUE(report.has_value()) << report.error().text;
        EXPECT_EQ(report->key.symbol, symbol);
        EXPECT_EQ(report->rows_rejected, 0);
        EXPECT_GE(report->rows_stored, 10);
        EXPECT_GE(rows, 0);
    }
}

}  // namespace
}  // namespace aitrading::market
