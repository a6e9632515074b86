#include "base/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <vector>

namespace aitrading {
namespace {

TEST(ParallelFor, runs_each_index_once_at_any_thread_count) {
    for (const int threads : {1, 2, 7}) {
        std::vector<int> runs(1000);
        parallel_for(runs.size(), threads, {}, [&](std::size_t i) { ++runs[i]; });
        EXPECT_EQ(std::accumulate(runs.begin(), runs.end(), 0), 1000);
    }
}

TEST(ParallelFor, begins_nothing_after_a_stop_request) {
    std::stop_source stop;
    std::atomic<int> runs{0};
    parallel_for(1000, 2, stop.get_token(), [&](std::size_t) {
        ++runs;
        stop.request_stop();
    });
    EXPECT_LE(runs.load(), 2);
}

}  // namespace
}  // namespace aitrading
