// A folder of ten thousand files, a few of them bad, in one command.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "market/history/import_many.hpp"
#include "market/history/tests/folder.hpp"

namespace aitrading::market {
namespace {

std::size_t open_handles() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
}

TEST(TenThousandFiles, become_their_series_and_leave_no_handle) {
    Folder folder;
    constexpr int files = 10'000, rows = 12;
    for (int i = 0; i < files; ++i) {
        std::string text = "time,bid,ask\n";
        for (int row = 0; row < rows; ++row)
            text += fmt::format("{}Z,1.1{},1.2\n", to_iso8601({(1'514'764'800LL + i * 60 + row) * nanos_per_second}).substr(0, 19), row % 10);
        folder.write(fmt::format("in/{:05}_{}.csv", files - i, i % 2 == 0 ? "EURUSD" : "GBPUSD"), i % 1000 == 7 ? "rubbish" : text);
    }
    const auto found = find_files(std::vector{folder.path() / "in"});
    ASSERT_EQ(found->files.size(), static_cast<std::size_t>(files));
    ImportOptions utc;
    utc.timezone = "UTC";
    ASSERT_TRUE(folder.store().list().has_value());
    const std::size_t before = open_handles();
    const auto outcomes = import_files(found->files, utc, folder.store());
    EXPECT_EQ(open_handles(), before);
    std::int64_t bad = 0, stored = 0;
    for (const FileOutcome& outcome : outcomes) {
        bad += !outcome.report.has_value();
        if (outcome.report) stored += outcome.report->rows_stored;
    }
    EXPECT_EQ(bad, 10);
    EXPECT_EQ(stored, (files - 10) * rows);
    EXPECT_EQ(folder.store().describe({"EURUSD", Timeframe::ticks})->rows + folder.store().describe({"GBPUSD", Timeframe::ticks})->rows, stored);
}

}  // namespace
}  // namespace aitrading::market
