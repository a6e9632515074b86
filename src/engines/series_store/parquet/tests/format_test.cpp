// The layouts of part files over the versions of the format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "engines/series_store/parquet/columns.hpp"
#include "engines/series_store/parquet/duck.hpp"
#include "engines/disk/files.hpp"
#include "engines/series_store/parquet/parquet_store.hpp"
#include "engines/series_store/parquet/tests/home_folder.hpp"
#include "ports/series_store/conformance/made_up_series.hpp"

namespace aitrading::engines {
namespace {

namespace fs = std::filesystem;
using ports::conformance::some_ticks;
using testing::HasSubstr;

const SeriesKey key{"EURUSD", Timeframe::ticks};

TickColumns read_all(const ParquetSeriesStore& store) {
    TickColumns all;
    EXPECT_TRUE(store.stream_ticks(key, {}, 1'000, [&](const TickColumns& batch) {
        for (std::size_t i = 0; i < batch.size(); ++i) all.append(batch.tick(i));
        return true;
    }).has_value());
    return all;
}

/// Ticks as builds before version 2 wrote them: nanoseconds, bid and ask, no units in the manifest.
void write_version_1(const fs::path& folder, const TickColumns& ticks) {
    std::vector<std::vector<std::int64_t>> columns(5);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        columns[0].push_back(ticks.time[i].value);
        columns[1].push_back(ticks.bid[i].raw / 10'000);
        columns[2].push_back(ticks.ask[i].raw / 10'000);
        columns[3].push_back(ticks.bid_size[i].raw);
        columns[4].push_back(ticks.ask_size[i].raw);
    }
    ASSERT_TRUE(make_folder(folder).has_value());
    const auto duck = *Duck::open();
    ASSERT_TRUE(duck->write(folder / "part-1-0.parquet", tick_column_names(1), {columns.begin(), columns.end()}).has_value());
    const std::string text = "aitrading-series 1\nsymbol EURUSD\ntimeframe ticks\ngeneration 1\ndigits 5\nrows 1000\nfirst 0\n"
                             "last 499000\ngaps 0\nask 1\nspread 0\npart part-1-0.parquet 1000 0 499000 5\n";
    ASSERT_TRUE(replace_file(folder / "series.manifest", text).has_value());
}

TEST(Format, reads_and_rewrites_ticks_of_version_1) {
    HomeFolder home;
    const TickColumns ticks = some_ticks(key, 1'000);
    write_version_1(home.path() / "data" / "EURUSD" / "ticks", ticks);
    const auto store = *open_parquet_store(home.path());
    const TickColumns old = read_all(*store);
    EXPECT_TRUE(old.time == ticks.time && old.bid == ticks.bid && old.ask == ticks.ask && old.ask_size == ticks.ask_size);
    auto exported = store->export_parquet(key, home.path() / "old.parquet");
    ASSERT_TRUE(exported.has_value()) << exported.error().text;
    EXPECT_EQ(*exported, 1'000);
    {
        const auto writer = *store->replace_ticks(key, 5);
        ASSERT_TRUE(writer->append(old).has_value());
        ASSERT_TRUE(writer->commit().has_value());
    }
    EXPECT_THAT(*read_small_file(home.path() / "data" / "EURUSD" / "ticks" / "series.manifest"),
                HasSubstr("aitrading-series 2\n"));
    const TickColumns now = read_all(*store);
    EXPECT_TRUE(now.time == ticks.time && now.bid == ticks.bid && now.ask == ticks.ask && now.bid_size == ticks.bid_size);
    exported = store->export_parquet(key, home.path() / "new.parquet");
    ASSERT_TRUE(exported.has_value()) << exported.error().text;
    // Both exports hold the same rows: what other programs see does not depend on the version.
    EXPECT_EQ(*read_small_file(home.path() / "old.parquet"), *read_small_file(home.path() / "new.parquet"));
}

TEST(Format, refuses_a_series_of_a_newer_build_and_says_so) {
    HomeFolder home;
    const fs::path folder = home.path() / "data" / "EURUSD" / "ticks";
    ASSERT_TRUE(make_folder(folder).has_value());
    ASSERT_TRUE(replace_file(folder / "series.manifest", "aitrading-series 3\nsymbol EURUSD\n").has_value());
    const auto store = *open_parquet_store(home.path());
    const auto info = store->describe(key);
    ASSERT_FALSE(info.has_value());
    EXPECT_THAT(info.error().text, HasSubstr("update the program"));
}

TEST(Format, a_tick_of_whole_milliseconds_takes_a_few_bytes) {
    HomeFolder home;
    const auto store = *open_parquet_store(home.path());
    TickColumns ticks = some_ticks(key, 200'000);
    SplitMix64 random(1);
    std::int64_t time = 0, bid = 110'000;
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        time += static_cast<std::int64_t>(random.next() % 2'000);
        bid += static_cast<std::int64_t>(random.next() % 5) - 2;
        ticks.time[i].value = time * 1'000'000;
        ticks.bid[i].raw = bid * 10'000;
        ticks.ask[i].raw = (bid + 10 + static_cast<std::int64_t>(random.next() % 3)) * 10'000;
        ticks.bid_size[i] = ticks.ask_size[i] = {};
    }
    const auto writer = *store->replace_ticks(key, 5);
    ASSERT_TRUE(writer->append(ticks).has_value());
    ASSERT_TRUE(writer->commit().has_value());
    const auto bytes = store->bytes_of(key);
    EXPECT_GT(*bytes, 0);
    EXPECT_LT(*bytes, static_cast<std::int64_t>(ticks.size()) * 3);
    EXPECT_TRUE(read_all(*store).time == ticks.time);
}

}  // namespace
}  // namespace aitrading::engines
