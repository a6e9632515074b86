#include <gtest/gtest.h>

#include <cstdlib>

#include "engines/event_bus/faults/cut_run.hpp"

namespace aitrading::engines {
namespace {

/// AIT_CUT_SEED replays one; the bench runs ten thousand.
TEST(JournalCuts, no_seed_loses_doubles_or_reorders) {
    const char* one = std::getenv("AIT_CUT_SEED");  // NOLINT(concurrency-mt-unsafe): one thread
    const std::uint64_t from = one == nullptr ? 1 : std::strtoull(one, nullptr, 10);
    const std::uint64_t count = one == nullptr ? 300 : 1;
    std::uint64_t came = 0;
    for (std::uint64_t seed = from; seed < from + count; ++seed) {
        const CutRun run = run_cut(seed);
        ASSERT_EQ(run.broken, "") << "replay it with AIT_CUT_SEED=" << seed;
        came += run.fault_came ? 1 : 0;
    }
    if (one == nullptr) {
        EXPECT_GT(came, count / 2) << "most lives are hit";
    }
}

TEST(JournalCuts, a_disk_that_lies_about_syncs_is_found_out) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) found += run_cut(seed, true).broken.empty() ? 0 : 1;
    EXPECT_GT(found, 10);
}

TEST(JournalCuts, one_seed_is_one_run) {
    const CutRun first = run_cut(77), second = run_cut(77);
    EXPECT_EQ(first.steps, second.steps);
    EXPECT_EQ(first.acknowledged, second.acknowledged);
    EXPECT_GT(first.acknowledged, 0);
}

}  // namespace
}  // namespace aitrading::engines
