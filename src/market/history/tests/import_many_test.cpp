// Many files of one command: one merge per series, and a bad file that stops no other.
#include "market/history/import_many.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

std::string hours(int from, int to, const char* prices = "1.1,1.2,1.0,1.15") {
    std::string out = "time,open,high,low,close\n";
    for (int hour = from; hour < to; ++hour) out += fmt::format("2018-01-{:02} {:02}:00,{}\n", 2 + hour / 24, hour % 24, prices);
    return out;
}

std::string quotes(int from, int to) {
    std::string out = "time,bid,ask\n";
    for (int i = from; i < to; ++i) out += fmt::format("2018-01-02T{:02}:{:02}:{:02}Z,1.1,1.2\n", i / 3600, i / 60 % 60, i % 60);
    return out;
}

std::vector<FileOutcome> import(Folder& folder, const std::vector<fs::path>& paths, ImportOptions options = {}) {
    options.timezone = "UTC";
    const auto found = find_files(paths);
    EXPECT_TRUE(found.has_value()) << found.error().text;
    return import_files(found->files, options, folder.store());
}

/// Counts what is written.
class CountingStore final : public ports::SeriesStore {
  public:
    explicit CountingStore(ports::SeriesStore& store) : store_(store) {}
    Result<void> replace_bars(const BarColumns& bars) override { return ++writes, store_.replace_bars(bars); }
    Result<BarColumns> read_bars(const SeriesKey& key, TimeRange range) const override { return store_.read_bars(key, range); }
    Result<void> stream_bars(const SeriesKey& key, TimeRange range, std::size_t rows, const ports::BarSink& sink) const override {
        return store_.stream_bars(key, range, rows, sink);
    }
    Result<std::unique_ptr<ports::TickWriter>> replace_ticks(const SeriesKey& key, int digits) override {
        return ++writes, store_.replace_ticks(key, digits);
    }
    Result<void> stream_ticks(const SeriesKey& key, TimeRange range, std::size_t rows, const ports::TickSink& sink) const override {
        return store_.stream_ticks(key, range, rows, sink);
    }
    Result<void> put_note(const SeriesKey& key, std::string_view name, std::string_view content) override {
        return store_.put_note(key, name, content);
    }
    Result<std::string> read_note(const SeriesKey& key, std::string_view name) const override {
        return store_.read_note(key, name);
    }
    Result<std::vector<SeriesInfo>> list() const override { return store_.list(); }
    Result<SeriesInfo> describe(const SeriesKey& key) const override { return store_.describe(key); }
    Result<void> remove(const SeriesKey& key) override { return store_.remove(key); }
    int writes = 0;

  private:
    ports::SeriesStore& store_;
};

TEST(ImportMany, a_folder_of_files_becomes_one_series_in_one_write) {
    Folder folder;
    for (int i = 0; i < 40; ++i) {
        folder.write(fmt::format("in/EURUSD_{:02}.csv", 39 - i), hours(i * 6, i * 6 + 6));
        folder.write(fmt::format("in/ticks/GBPUSD_{:02}.csv", 39 - i), quotes(i * 60, i * 60 + 60));
    }
    folder.write("in/README.md", "no prices");
    const auto found = find_files(std::vector{folder.path() / "in"});
    EXPECT_EQ(found->files.size(), 80U);
    EXPECT_EQ(found->left_out, 1);
    CountingStore store(folder.store());
    ImportOptions utc;
    utc.timezone = "UTC";
    const auto outcomes = import_files(found->files, utc, store);
    EXPECT_EQ(store.writes, 2);
    for (const FileOutcome& outcome : outcomes) {
        ASSERT_TRUE(outcome.report.has_value()) << outcome.report.error().text;
        EXPECT_EQ(outcome.report->rows_stored, outcome.report->rows_read);
    }
    EXPECT_EQ(folder.store().describe({"EURUSD", Timeframe::h1})->rows, 240);
    EXPECT_EQ(folder.store().describe({"GBPUSD", Timeframe::ticks})->rows, 2400);
    const auto before = folder.home_content();
    for (const FileOutcome& outcome : import(folder, {folder.path() / "in"})) EXPECT_EQ(outcome.report->rows_known, outcome.report->rows_read);
    EXPECT_EQ(folder.home_content(), before);
}

TEST(ImportMany, a_bad_file_stops_no_other) {
    Folder folder;
    const std::vector<fs::path> files{
        folder.write("EURUSD_1.csv", hours(0, 10)), folder.write("EURUSD_2.csv", "nothing of prices"), folder.path() / "absent.csv",
        folder.write("EURUSD_3.csv", hours(10, 20)), folder.write("GBPUSD_1.csv", quotes(0, 50)),
        folder.write("GBPUSD_2.csv", quotes(50, 100) + "x,y,z\n" + std::string(0, ' ')),
        folder.write("GBPUSD_3.csv", quotes(100, 101) + "a,b,c\nd,e,f\ng,h,i\n"), folder.write("GBPUSD_4.csv", quotes(200, 300))};
    const auto outcomes = import(folder, files);
    EXPECT_EQ(outcomes[1].report.error().code, ErrorCode::bad_input);
    EXPECT_EQ(outcomes[2].report.error().code, ErrorCode::not_found);
    EXPECT_THAT(outcomes[6].report.error().text, HasSubstr("3 of 4 rows are unsound"));
    for (const std::size_t good : {0, 3, 4, 5, 7}) EXPECT_TRUE(outcomes[good].report.has_value()) << good;
    EXPECT_EQ(outcomes[5].report->rows_rejected, 1);
    EXPECT_EQ(folder.store().describe({"EURUSD", Timeframe::h1})->rows, 20);
    EXPECT_EQ(folder.store().describe({"GBPUSD", Timeframe::ticks})->rows, 200);
}

TEST(ImportMany, overlapping_files_are_counted_by_file) {
    Folder folder;
    const auto first = folder.write("EURUSD_1.csv", hours(0, 10)), second = folder.write("EURUSD_2.csv", hours(5, 15)),
               third = folder.write("EURUSD_3.csv", hours(12, 20, "1.1,1.2,1.0,1.16"));
    const auto outcomes = import(folder, {first, second, third});
    EXPECT_EQ(outcomes[0].report->rows_stored, 10);
    EXPECT_EQ(outcomes[1].report->rows_stored, 5);
    EXPECT_EQ(outcomes[1].report->rows_known, 5);
    EXPECT_EQ(outcomes[2].report->rows_stored, 5);
    EXPECT_EQ(outcomes[2].report->rows_conflicting, 3);
    const SeriesKey key{"EURUSD", Timeframe::h1};
    EXPECT_EQ(folder.store().read_bars(key, {})->close[13].raw, 1'150'000'000);
    ImportOptions replace;
    replace.replace = true;
    Folder other;
    EXPECT_EQ(import(other, {first, second, third}, replace)[2].report->rows_stored, 8);
    EXPECT_EQ(other.store().read_bars(key, {})->close[13].raw, 1'160'000'000);

    const auto a = folder.write("GBPUSD_1.csv", quotes(0, 100)), b = folder.write("GBPUSD_2.csv", quotes(50, 150));
    const auto ticks = import(folder, {b, a});
    EXPECT_EQ(ticks[0].report->rows_stored, 50);
    EXPECT_EQ(ticks[0].report->rows_known, 50);
    EXPECT_EQ(ticks[1].report->rows_stored, 100);
    EXPECT_EQ(folder.store().describe({"GBPUSD", Timeframe::ticks})->rows, 150);
}

TEST(ImportMany, bid_and_ask_files_become_both_sides_of_one_series) {
    Folder folder;
    const auto bid = folder.write("eurusd-bid.csv", hours(0, 10)), ask = folder.write("eurusd-ask.csv", hours(1, 12, "1.2,1.3,1.1,1.1"));
    const auto outcomes = import(folder, {ask, bid});
    ASSERT_TRUE(outcomes[0].report.has_value()) << outcomes[0].report.error().text;
    ASSERT_TRUE(outcomes[1].report.has_value()) << outcomes[1].report.error().text;
    EXPECT_EQ(outcomes[1].report->rows_stored, 9);
    EXPECT_EQ(outcomes[1].report->rows_rejected, 1);
    EXPECT_EQ(outcomes[0].report->rows_rejected, 2);
    EXPECT_EQ(outcomes[1].report->defects.at(1).kind, "one_side_missing");
    EXPECT_EQ(outcomes[1].report->defects.at(2).kind, "crossed");
    EXPECT_EQ(outcomes[1].report->defects.at(2).count, 9);
    const auto bars = folder.store().read_bars({"EURUSD", Timeframe::h1}, {});
    ASSERT_EQ(bars->size(), 9U);
    EXPECT_EQ(bars->close[0].raw, 1'150'000'000);
    EXPECT_EQ(bars->ask_close[0].raw, 1'100'000'000);
    EXPECT_EQ(bars->ask_open[8].raw, 1'200'000'000);
    EXPECT_EQ(import(folder, {bid, ask})[0].report->rows_known, 9);
}

TEST(ImportMany, one_side_alone_works_and_the_other_is_not_taken_for_it) {
    Folder folder;
    const auto bid = folder.write("eurusd-bid.csv", hours(0, 10)), ask = folder.write("eurusd-ask.csv", hours(0, 10, "1.2,1.3,1.1,1.2"));
    EXPECT_EQ(import(folder, {bid})[0].report->rows_stored, 10);
    const auto outcome = import(folder, {ask});
    EXPECT_EQ(outcome[0].report.error().code, ErrorCode::bad_input);
    EXPECT_THAT(outcome[0].report.error().text, HasSubstr("in one command"));
}

TEST(ImportMany, an_empty_folder_is_refused) {
    Folder folder;
    folder.write("empty/notes.md", "x");
    EXPECT_EQ(find_files(std::vector{folder.path() / "empty"}).error().code, ErrorCode::bad_input);
}

}  // namespace
}  // namespace aitrading::market
