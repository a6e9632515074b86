#include "kit/bench.hpp"

#include <gtest/gtest.h>

namespace aitrading::kit {
namespace {

TEST(Bench, judges_by_the_better_direction) {
    EXPECT_TRUE(reaches_target({.name = "rate", .value = 5, .target = 5, .higher_is_better = true}));
    EXPECT_FALSE(reaches_target({.name = "rate", .value = 4.9, .target = 5, .higher_is_better = true}));
    EXPECT_FALSE(reaches_target({.name = "latency", .value = 5.1, .target = 5}));
    EXPECT_TRUE(reaches_target({.name = "no target", .value = 5.1}));
}

TEST(Bench, times_as_often_as_asked_and_never_backwards) {
    int runs = 0;
    EXPECT_GE(best_of(4, [&] { ++runs; }), 0);
    EXPECT_EQ(runs, 4);
    const double before = thread_seconds();
    EXPECT_GE(thread_seconds(), before);
}

TEST(Bench, takes_nearest_rank_quantiles) {
    EXPECT_EQ(median({5, 1, 3}), 3);
    EXPECT_EQ(quantile({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.99), 10);
    EXPECT_EQ(quantile({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.1), 1);
}

}  // namespace
}  // namespace aitrading::kit
