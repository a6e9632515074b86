#include "models/evaluation/paired_gain.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/random.hpp"

namespace aitrading::models {
namespace {

TEST(PairedGain, is_the_difference_of_the_log_losses_over_known_rows) {
    const std::vector<float> y{1, 0, std::numeric_limits<float>::quiet_NaN(), 1};
    const std::vector<double> before{0.5, 0.5, 0.1, 0.5}, after{0.8, 0.4, 0.9, 0.5};
    const PairedGain g = paired_gain(y, before, after, 1, 1);
    EXPECT_EQ(g.n, 3);
    EXPECT_NEAR(g.before, std::log(2.0), 1e-12);
    EXPECT_NEAR(g.after, -(std::log(0.8) + std::log(0.6) + std::log(0.5)) / 3, 1e-12);
    EXPECT_NEAR(g.gain, g.before - g.after, 1e-12);
    EXPECT_FALSE(g.clear());  // one row of three would be missed often
    EXPECT_FALSE(paired_gain({}, {}, {}, 1, 1).clear());
    EXPECT_EQ(paired_gain(y, before, before, 1, 1).low, 0);
}

/// The second model thinks it knows each row's chance, and is right or not; the first says one half.
PairedGain drawn(bool right, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<float> y;
    std::vector<double> before(1500, 0.5), after;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const double p = 0.5 + (random.next_uniform() < 0.5 ? 0.1 : -0.1);
        after.push_back(p);
        y.push_back(random.next_uniform() < (right ? p : 0.5) ? 1.0F : 0.0F);
    }
    return paired_gain(y, before, after, 1, seed);
}

TEST(PairedGain, is_clear_where_there_is_one_and_not_where_there_is_none) {
    int found = 0, false_ones = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        found += drawn(true, seed).clear();
        false_ones += drawn(false, seed).clear();
    }
    EXPECT_GE(found, 10);
    EXPECT_LE(false_ones, 1);
    EXPECT_EQ(drawn(true, 3).low, drawn(true, 3).low);
}

}  // namespace
}  // namespace aitrading::models
