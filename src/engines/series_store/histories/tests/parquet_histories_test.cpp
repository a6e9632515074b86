#include "engines/series_store/histories/parquet_histories.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engines/series_store/histories/row_bytes.hpp"
#include "engines/series_store/histories/tests/history_folder.hpp"
#include "engines/sqlite/simulated_disk/simulated_disk.hpp"
#include "ports/series_store/conformance/history_checks.hpp"

namespace aitrading::engines {
namespace {

using ports::HistoryBatch;
using ports::HistoryRow;
using ports::conformance::batch_of;
using ports::conformance::difference;
using ports::conformance::made_up_row;
using ports::conformance::made_up_schema;
using testing::HasSubstr;

std::vector<HistoryRow> some_rows(std::int64_t from, std::int64_t to) {
    std::vector<HistoryRow> rows;
    for (std::int64_t i = from; i < to; ++i) rows.push_back(made_up_row("A", i, i));
    return rows;
}

HistoryBatch ten(std::int64_t batch) { return batch_of(some_rows(batch * 10, batch * 10 + 10), batch * 10 + 1); }

std::unique_ptr<ports::HistoryStore> open(const HistoryFolder& folder, std::int64_t part_rows) {
    auto store = open_parquet_histories({.folder = folder.path(), .part_rows = part_rows});
    EXPECT_TRUE(store) << store.error().text;
    if (!store) return nullptr;
    EXPECT_TRUE((*store)->define(made_up_schema()));
    return *std::move(store);
}

/// A disk that loses what was not synced, under the database; parts lie on the machine's.
class CutGround final : public HistoryFolderGround {
  public:
    CutGround(std::uint64_t seed, std::int64_t part_rows) : HistoryFolderGround(part_rows), disk_(seed) {}
    Result<std::unique_ptr<ports::HistoryStore>> open() override {
        return open_parquet_histories({.folder = folder_.path(), .part_rows = part_rows_, .checkpoint_pages = 16, .file_system = disk_.file_system()});
    }
    void cut(std::unique_ptr<ports::HistoryStore> store) override {
        disk_.cut_at(1);  // the next step is the last
        store.reset();
        disk_.restart();
    }
    SimulatedDisk& disk() { return disk_; }
    const HistoryFolder& folder() const { return folder_; }

  private:
    SimulatedDisk disk_;
};

class HistoriesOnSimulatedDisk : public testing::TestWithParam<ports::conformance::HistoryCheck> {};

TEST_P(HistoriesOnSimulatedDisk, holds) {
    EXPECT_EQ(GetParam().run([] { return std::make_unique<CutGround>(1, 1'000); }), "");
    EXPECT_EQ(GetParam().run([] { return std::make_unique<CutGround>(2, 40); }), "");
}

INSTANTIATE_TEST_SUITE_P(Histories, HistoriesOnSimulatedDisk, testing::ValuesIn(ports::conformance::history_checks()),
                         [](const auto& one) { return std::string(one.param.name); });

/// One life until the power goes, and what is left of it: every batch that was told, at most one more, each whole, with its mark.
void live_and_be_cut(std::uint64_t seed) {
    CutGround ground(seed, 30);
    ground.disk().cut_at(20 + static_cast<std::int64_t>(seed * 7));
    std::int64_t told = 0;
    {
        const auto store = ground.open();
        if (store && (*store)->define(made_up_schema()))
            while (told < 60 && (*store)->append("h", ten(told))) ++told;
    }
    ground.disk().restart();
    const auto store = ground.open();
    ASSERT_TRUE(store) << "seed " << seed << ": " << store.error().text;
    ASSERT_TRUE((*store)->define(made_up_schema()));
    const auto page = (*store)->read("t", "h", {.symbol = "A", .rows_max = 10'000});
    ASSERT_TRUE(page) << "seed " << seed << ": " << page.error().text;
    const auto there = static_cast<std::int64_t>(page->rows.size());
    EXPECT_TRUE(there == told * 10 || there == told * 10 + 10) << "seed " << seed << ": " << there << " rows after " << told << " batches";
    EXPECT_EQ(difference(page->rows, some_rows(0, there)), "") << "seed " << seed;
    const auto sound = (*store)->verify();
    EXPECT_TRUE(sound) << "seed " << seed << ": " << sound.error().text;
    for (std::int64_t batch = 0; batch < 8; ++batch) ASSERT_TRUE((*store)->append("h", ten(batch)));
    const std::int64_t all = std::max<std::int64_t>(there, 80);
    EXPECT_EQ(difference((*store)->read("t", "h", {.symbol = "A", .rows_max = 10'000})->rows, some_rows(0, all)), "") << "seed " << seed;
}

TEST(ParquetHistories, what_was_told_survives_power_cuts_at_any_step) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) live_and_be_cut(seed);
}

TEST(ParquetHistories, a_refused_write_stops_writing_and_reading_goes_on) {
    CutGround ground(7, 1'000'000);
    const auto store = ground.open().value();
    ASSERT_TRUE(store->define(made_up_schema()));
    ASSERT_TRUE(store->append("h", ten(0)));
    ground.disk().fail_sync_at(ground.disk().steps() + 1);
    EXPECT_FALSE(store->append("h", ten(1)));
    EXPECT_EQ(store->append("h", ten(1)).error().code, ErrorCode::failed);
    EXPECT_FALSE(store->health());
    EXPECT_GE(store->read("t", "h", {.symbol = "A"})->rows.size(), 10U);
}

TEST(ParquetHistories, whichever_step_fails_it_is_told_and_nothing_is_lost_or_doubled) {
    // Ten rows become a part, and eight parts one: the last batch takes every kind of step.
    for (int fails_at = 1;; ++fails_at) {
        const HistoryFolder folder;
        {
            const auto store = open(folder, 10);
            for (std::int64_t batch = 0; batch < 7; ++batch) ASSERT_TRUE(store->append("h", ten(batch)));
        }
        int steps = 0;
        std::string failed;
        const auto step = [&](std::string_view what) -> Result<void> {
            if (++steps != fails_at) return {};
            failed = what;
            return fail(ErrorCode::failed, "planted");
        };
        {
            const auto store = open_parquet_histories({.folder = folder.path(), .part_rows = 10, .step = step}).value();
            const auto appended = store->append("h", ten(7));
            EXPECT_TRUE(!appended || failed.empty() || !store->health()) << failed << " failed unheard";
            const auto rows = store->read("t", "h", {.symbol = "A"})->rows;
            EXPECT_EQ(difference(rows, some_rows(0, failed == "append" ? 70 : 80)), "") << "after " << failed;
        }
        const auto store = open(folder, 10);
        ASSERT_TRUE(store->append("h", ten(7)));
        EXPECT_EQ(difference(store->read("t", "h", {.symbol = "A"})->rows, some_rows(0, 80)), "") << "after " << failed;
        EXPECT_TRUE(store->verify());
        for (const auto& file : folder.parts()) EXPECT_NE(file.extension(), ".new") << "after " << failed;
        if (!failed.empty()) continue;
        EXPECT_GT(fails_at, 15) << "every step was tried";
        EXPECT_EQ(folder.parts().size(), 1U) << "eight parts became one";
        break;
    }
}

TEST(ParquetHistories, many_small_appends_make_few_files) {
    const HistoryFolder folder;
    const auto store = open(folder, 50);
    for (std::int64_t batch = 0; batch < 450; ++batch) ASSERT_TRUE(store->append("h", ten(batch)));
    EXPECT_LE(folder.parts().size(), 2 * 7 + 2U) << "90 parts were made on the way";
    HistoryRow last = store->read("t", "h", {.symbol = "A", .range = {{4'499}, {5'000}}})->rows.at(0);
    EXPECT_EQ(difference({last}, some_rows(4'499, 4'500)), "");
    EXPECT_TRUE(store->verify());
}

TEST(ParquetHistories, others_read_beside_the_writer) {
    const HistoryFolder folder;
    EXPECT_EQ(read_parquet_histories(folder.path()).error().code, ErrorCode::not_found);
    const auto store = open(folder, 30);
    const auto beside = read_parquet_histories(folder.path()).value();
    for (std::int64_t batch = 0; batch < 30; ++batch) {
        ASSERT_TRUE(store->append("h", ten(batch)));
        const auto page = beside->read("t", "h", {.symbol = "A"});
        ASSERT_TRUE(page) << page.error().text;
        EXPECT_EQ(difference(page->rows, some_rows(0, batch * 10 + 10)), "");
    }
    EXPECT_TRUE(beside->verify());
    EXPECT_EQ(beside->symbols("t", "h")->at(0).rows, 300);
    EXPECT_TRUE(open_parquet_histories({.folder = folder.path()}).error().retry_helps) << "one process writes";
}

TEST(ParquetHistories, files_that_are_kept_for_a_copy_are_removed_later) {
    const HistoryFolder folder;
    auto store = open(folder, 10);
    {
        const auto kept = keep_history_files(folder.path()).value();
        ASSERT_TRUE(kept);
        for (std::int64_t batch = 0; batch < 8; ++batch) ASSERT_TRUE(store->append("h", ten(batch)));
        EXPECT_EQ(folder.parts().size(), 9U) << "eight and what they became";
    }
    store.reset();
    store = open(folder, 10);
    EXPECT_EQ(folder.parts().size(), 1U);
    EXPECT_FALSE(keep_history_files(folder.path() / "none").value()) << "nothing to keep";
}

TEST(ParquetHistories, what_is_missing_or_damaged_is_named) {
    const HistoryFolder folder;
    auto store = open(folder, 1'000);
    ASSERT_TRUE(store->append("h", ten(0)));
    ASSERT_TRUE(store->compact());
    ASSERT_TRUE(store->append("h", ten(1)));
    store.reset();
    const auto part = folder.parts().at(0), aside = folder.path() / "aside";
    std::filesystem::rename(part, aside);
    store = open(folder, 1'000);
    EXPECT_THAT(store->read("t", "h", {.symbol = "A"}).error().text, HasSubstr(part.string()));
    EXPECT_FALSE(store->verify());
    std::filesystem::rename(aside, part);
    EXPECT_TRUE(store->verify());
    store.reset();
    // A cell of a row that waits.
    std::fstream database(folder.path() / "histories.sqlite", std::ios::in | std::ios::out | std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(database), {}};
    const std::size_t at = all.rfind("w19");
    ASSERT_NE(at, std::string::npos);
    database.seekp(static_cast<std::streamoff>(at));
    database.put('v');
    database.close();
    store = open(folder, 1'000);
    const auto refused = store->read("t", "h", {.symbol = "A"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::gate_refused);
    EXPECT_THAT(refused.error().text, HasSubstr("histories.sqlite"));
    EXPECT_EQ(store->verify().error().code, ErrorCode::gate_refused);
    EXPECT_EQ(store->compact().error().code, ErrorCode::gate_refused) << "damage is not carried into a sound file";
}

TEST(RowBytes, cells_of_another_row_or_cut_ones_are_refused) {
    const HistoryRow row = made_up_row("A", 5, 6);
    const std::string bytes = histories::packed(row.values, "a");
    EXPECT_TRUE(histories::unpacked(bytes, "a"));
    EXPECT_FALSE(histories::unpacked(bytes, "b"));
    for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_FALSE(histories::unpacked(std::string_view(bytes).substr(0, i), "a"));
}

}  // namespace
}  // namespace aitrading::engines
