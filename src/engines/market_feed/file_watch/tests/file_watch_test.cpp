#include "engines/market_feed/file_watch/file_watch.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include <fmt/format.h>

#include "ports/market_feed/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

namespace fs = std::filesystem;
using ports::FeedItem;
using std::chrono::milliseconds;

class FileWatchTest : public testing::Test {
  protected:
    FileWatchTest() {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    ~FileWatchTest() override { fs::remove_all(folder_); }
    void append(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name, std::ios::app) << text; }
    FileWatch follow(const std::string& name) const { return FileWatch({{.path = folder_ / name, .symbol = {"EURUSD", 5}}}, FileWatch::End::never); }
    static std::vector<FeedItem> now(FileWatch& feed, std::size_t most = 100) {
        std::vector<FeedItem> out;
        const auto polled = feed.poll(out, most, milliseconds(0), {});
        EXPECT_TRUE(polled) << polled.error().text;
        return out;
    }
    fs::path folder_ = fs::path(testing::TempDir()) / fmt::format("file_watch.{}", ::getpid());
};

TEST_F(FileWatchTest, keeps_the_promises_of_the_port) {
    int turn = 0;
    const auto make = [&](const ports::conformance::FeedScript& script) {
        ++turn;
        std::vector<WatchedFile> files;
        for (const ports::FedSymbol& symbol : script.symbols) {
            const std::string name = fmt::format("{}.{}.csv", symbol.symbol, turn);
            append(name, "time,bid,ask,bid_size,ask_size\n");
            files.push_back({.path = folder_ / name, .symbol = symbol});
        }
        for (const FeedItem& item : script.items) {
            const Tick& t = std::get<Tick>(item.row);
            append(files[item.symbol].path.filename().string(), fmt::format("{},{},{},{},{}\n", to_iso8601(t.time), to_decimal(t.bid, 9), to_decimal(t.ask, 9),
                                                                            to_decimal(t.bid_size, 6), to_decimal(t.ask_size, 6)));
        }
        return std::make_unique<FileWatch>(std::move(files), FileWatch::End::of_the_files);
    };
    for (const auto& check : ports::conformance::feed_checks()) EXPECT_EQ(check.run(make), "") << check.name;
}

TEST_F(FileWatchTest, waits_for_the_file_and_for_whole_lines) {
    FileWatch feed = follow("late.csv");
    EXPECT_TRUE(now(feed).empty());
    append("late.csv", "time,bid,ask\n2017-03-01T10:00:00Z,1.1,1.1002\n2017-03-01T10:00:01Z,1.10");
    ASSERT_EQ(now(feed).size(), 1U) << "the second line is not complete";
    EXPECT_TRUE(now(feed).empty());
    append("late.csv", "01,1.1003\r\n\n2017-03-01T10:00:02Z,1.1,1.1\n");
    const auto rows = now(feed);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(std::get<Tick>(rows[0].row).bid, Price::from_double(1.1001));
    EXPECT_EQ(rows[1].sequence, 3U);
    EXPECT_FALSE(feed.ended());
}

TEST_F(FileWatchTest, names_file_line_and_field_and_goes_on_behind_them) {
    append("bad.csv", "time,bid,ask\n2017-03-01T10:00:00Z,1.1,1.2\n2017-03-01T10:00:01Z,none,1.2\n2017-03-01,1.1,1.2,5\nyesterday,1,1\n2017-03-01T10:00:02Z,1.3,1.4\n");
    FileWatch feed = follow("bad.csv");
    EXPECT_EQ(now(feed).size(), 1U) << "what came before is not lost";
    std::vector<FeedItem> out;
    for (const char* says : {"line 3: bid 'none' is no number", "line 4: 4 fields where 3 or 5", "line 5: time"}) {
        const auto refused = feed.poll(out, 10, milliseconds(0), {});
        ASSERT_FALSE(refused) << says;
        EXPECT_NE(refused.error().text.find(says), std::string::npos) << refused.error().text;
        EXPECT_EQ(refused.error().code, ErrorCode::bad_input);
    }
    EXPECT_EQ(now(feed).size(), 1U);
    append("head.csv", "date;price\n");
    FileWatch other = follow("head.csv");
    EXPECT_NE(other.poll(out, 10, milliseconds(0), {}).error().text.find("time,bid,ask"), std::string::npos);
}

TEST_F(FileWatchTest, says_that_a_file_was_begun_anew) {
    append("turn.csv", "time,bid,ask\n2017-03-01T10:00:00Z,1.1,1.2\n2017-03-01T10:00:01Z,1.1,1.2\n");
    FileWatch feed = follow("turn.csv");
    EXPECT_EQ(now(feed).size(), 2U);
    fs::remove(folder_ / "turn.csv");
    append("turn.csv", "time,bid,ask\n2017-03-02T10:00:00Z,1.5,1.6\n");
    std::vector<FeedItem> out;
    const auto refused = feed.poll(out, 10, milliseconds(0), {});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text.find("shorter"), std::string::npos);
    EXPECT_EQ(now(feed).size(), 1U);
}

TEST_F(FileWatchTest, reads_bars_and_long_files_in_pieces) {
    std::string text = "time,open,high,low,close,volume\n";
    for (int i = 0; i < 40'000; ++i) text += fmt::format("{},1.1,1.2,1.0,1.15,{}\n", to_iso8601({from_civil({2010, 1, 1}).value + i * nanos_per_hour}), i);
    append("bars.csv", text);
    FileWatch feed = follow("bars.csv");
    std::size_t rows = 0;
    for (auto some = now(feed, 1'000); !some.empty(); some = now(feed, 1'000)) {
        EXPECT_LE(some.size(), 1'000U);
        EXPECT_EQ(std::get<ports::FedBar>(some[0].row).bar.volume.raw, static_cast<std::int64_t>(rows) * Quantity::scale);
        rows += some.size();
    }
    EXPECT_EQ(rows, 40'000U);
}

TEST_F(FileWatchTest, a_line_without_end_is_refused) {
    append("long.csv", "time,bid,ask\n" + std::string(10'000, '7'));
    FileWatch feed = follow("long.csv");
    std::vector<FeedItem> out;
    EXPECT_FALSE(feed.poll(out, 10, milliseconds(0), {}));
}

}  // namespace
}  // namespace aitrading::engines
