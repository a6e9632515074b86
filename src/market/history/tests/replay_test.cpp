// Stored series as one stream in the order of knowing.
#include "market/history/replay.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "base/random.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "market/history/tests/folder.hpp"
#include "ports/series_store/conformance/made_up_series.hpp"

namespace aitrading::market {
namespace {

using ports::conformance::some_bars;
using ports::conformance::some_book;

/// What a replay says of one row: when it is known, whose it is, and which row of that series.
struct Said {
    std::int64_t known_at;
    std::size_t series;
    std::int64_t row;
    friend auto operator<=>(const Said&, const Said&) = default;
};

class ReplayTest : public testing::Test {
  protected:
    ReplayTest() : store_(*engines::open_parquet_store(folder_.path() / "home", {5'000})) {}

    /// Ticks at random whole seconds, many of them shared between series and within one.
    TickColumns random_ticks(const std::string& symbol, std::size_t rows, std::uint64_t seed) {
        TickColumns ticks;
        ticks.key = {symbol, Timeframe::ticks};
        SplitMix64 random(seed);
        std::int64_t second = 0;
        for (std::size_t i = 0; i < rows; ++i) {
            second += static_cast<std::int64_t>(random.next() % 3);
            ticks.append({{second * nanos_per_second}, {1'000'000'000}, {1'000'010'000}, {static_cast<std::int64_t>(i)}, {}});
        }
        const auto writer = *store_->replace_ticks(ticks.key, 5);
        EXPECT_TRUE(writer->append(ticks).has_value() && writer->commit().has_value());
        return ticks;
    }
    std::vector<Said> play(const std::vector<SeriesKey>& keys, const ReplayOptions& options) {
        std::vector<Said> out;
        std::vector<std::int64_t> next(keys.size(), 0);
        Replay replay = *Replay::open(*store_, keys, options);
        ReplayRun run;
        while (*replay.next(run)) {
            EXPECT_LT(run.from, run.to);
            for (std::size_t i = run.from; i < run.to; ++i) {
                const std::int64_t row = next[run.series]++;
                out.push_back({run.known_at(i).value, run.series, row});
            }
        }
        return out;
    }

    Folder folder_;
    std::unique_ptr<engines::ParquetSeriesStore> store_;
};

TEST_F(ReplayTest, merges_ticks_bars_and_books_in_the_stated_order) {
    const TickColumns a = random_ticks("A", 20'000, 1), b = random_ticks("B", 15'000, 2), c = random_ticks("C", 1, 3);
    const BarColumns m1 = some_bars({"A", Timeframe::m1}, 300), m5 = some_bars({"B", Timeframe::m5}, 300);
    ASSERT_TRUE(store_->replace_bars(m1).has_value() && store_->replace_bars(m5).has_value());
    BookRows book = some_book({"X", book_timeframe}, 3'000);
    for (auto& event : book.rows) event.time.value *= 1'000'000;
    const auto writer = *store_->replace_book(book.key, 1);
    ASSERT_TRUE(writer->append(book).has_value() && writer->commit().has_value());

    // The same order by a plain sort: instant, rank (M1, M5, ticks, book), position, row.
    const std::vector<SeriesKey> keys{b.key, book.key, m5.key, a.key, m1.key, c.key};
    const std::vector<int> rank{2, 3, 1, 2, 0, 2};
    std::vector<std::tuple<std::int64_t, int, Said>> wanted;
    const auto add = [&](std::size_t series, std::size_t row, std::int64_t time) {
        wanted.push_back({time, rank[series], {time, series, static_cast<std::int64_t>(row)}});
    };
    for (std::size_t i = 0; i < a.size(); ++i) add(3, i, a.time[i].value);
    for (std::size_t i = 0; i < b.size(); ++i) add(0, i, b.time[i].value);
    for (std::size_t i = 0; i < c.size(); ++i) add(5, i, c.time[i].value);
    for (std::size_t i = 0; i < m1.size(); ++i) add(4, i, m1.time[i].value + nanos_per_minute);
    for (std::size_t i = 0; i < m5.size(); ++i) add(2, i, m5.time[i].value + 5 * nanos_per_minute);
    for (std::size_t i = 0; i < book.size(); ++i) add(1, i, book.rows[i].time.value);
    std::ranges::sort(wanted);
    for (const std::size_t batch : {1UZ, 7UZ, 1'000UZ, 100'000UZ}) {
        const std::vector<Said> said = play(keys, {.range = {}, .batch_rows = batch});
        ASSERT_EQ(said.size(), wanted.size());
        for (std::size_t i = 0; i < said.size(); ++i) ASSERT_EQ(said[i], std::get<2>(wanted[i])) << "batch " << batch << " row " << i;
    }
}

TEST_F(ReplayTest, a_bar_is_never_told_before_its_close) {
    ASSERT_TRUE(store_->replace_bars(some_bars({"A", Timeframe::m1}, 100)).has_value());
    const std::int64_t to = 50 * nanos_per_minute;
    const std::vector<Said> said = play({{"A", Timeframe::m1}}, {.range = {{0}, {to}}, .batch_rows = 10});
    ASSERT_EQ(said.size(), 49U);  // the bar that closes at `to` is not yet known
    EXPECT_EQ(said.back().known_at, 49 * nanos_per_minute);
}

TEST_F(ReplayTest, what_comes_later_does_not_change_what_came_before) {
    random_ticks("A", 5'000, 1);
    random_ticks("B", 5'000, 2);
    const std::vector<SeriesKey> keys{{"A", Timeframe::ticks}, {"B", Timeframe::ticks}};
    const std::vector<Said> whole = play(keys, {});
    for (const std::int64_t second : {1, 100, 2'000, 4'000}) {
        const std::vector<Said> cut = play(keys, {.range = {{0}, {second * nanos_per_second}}, .batch_rows = 64});
        ASSERT_LE(cut.size(), whole.size());
        EXPECT_TRUE(std::equal(cut.begin(), cut.end(), whole.begin()));
    }
}

TEST_F(ReplayTest, names_what_it_cannot_play) {
    EXPECT_EQ(Replay::open(*store_, {}).error().code, ErrorCode::usage);
    EXPECT_EQ(Replay::open(*store_, {{"none", Timeframe::m1}}).error().code, ErrorCode::not_found);
    random_ticks("A", 10, 1);
    EXPECT_EQ(Replay::open(*store_, {{"A", Timeframe::ticks}, {"A", Timeframe::ticks}}).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace aitrading::market
