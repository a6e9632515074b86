#include <gtest/gtest.h>
#include <unistd.h>

#include "engines/event_bus/faults/kill_run.hpp"

namespace aitrading::engines {
namespace {

TEST(JournalKills, kill_minus_nine_under_load_loses_doubles_and_reorders_nothing) {
    const auto folder = std::filesystem::path(testing::TempDir()) / ("journal_kills." + std::to_string(::getpid()));
    std::int64_t acknowledged = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        const KillRun run = run_kill(folder, seed);
        EXPECT_EQ(run.broken, "");
        acknowledged += run.acknowledged;
        EXPECT_GE(run.found, acknowledged);
    }
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace aitrading::engines
