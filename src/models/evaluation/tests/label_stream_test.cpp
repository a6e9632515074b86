#include "models/evaluation/label_stream.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "models/evaluation/tests/random_bars.hpp"

namespace aitrading::models {
namespace {

class LabelStreams : public testing::TestWithParam<const char*> {};

/// All that make_labels tells of the whole series, each at the bar where it became known and not before.
TEST_P(LabelStreams, tell_what_the_batch_tells_bit_for_bit) {
    const BarColumns bars = random_bars(9500, 21);  // longer than a year of hours
    const auto labels = make_labels(GetParam(), bars);
    ASSERT_TRUE(labels) << labels.error().text;
    auto stream = LabelStream::of(GetParam(), bars.digits);
    ASSERT_TRUE(stream);
    EXPECT_EQ(stream->horizon_bars(), labels->horizon_bars);
    std::map<std::uint32_t, KnownLabel> told;
    for (std::uint32_t t = 0; t < bars.size(); ++t)
        for (const KnownLabel& label : stream->update(bars.bar(t))) {
            EXPECT_EQ(label.end, t);
            EXPECT_LT(label.row, t);
            EXPECT_LE(label.end - label.row, static_cast<std::uint32_t>(labels->horizon_bars));
            ASSERT_TRUE(told.emplace(label.row, label).second) << "row " << label.row << " twice";
        }
    std::size_t at = 0;
    const std::uint32_t whole = static_cast<std::uint32_t>(bars.size()) - static_cast<std::uint32_t>(labels->horizon_bars);
    for (const auto& [row, label] : told) {
        if (!label.exists() || row >= whole) continue;
        ASSERT_LT(at, labels->size());
        ASSERT_EQ(row, labels->row[at]);
        ASSERT_EQ(label.end, labels->end[at]);
        ASSERT_EQ(label.y, labels->y[at]);
        ASSERT_EQ(label.target, labels->target[at]);
        ++at;
    }
    EXPECT_EQ(at, labels->size());
}

INSTANTIATE_TEST_SUITE_P(Specs, LabelStreams,
                         testing::Values("next_bar", "large_move", "volatility(24)", "triple_barrier(2,2,24)", "triple_barrier(1,3,7)"));

TEST(label_stream, refuses_what_is_no_label) {
    EXPECT_FALSE(LabelStream::of("tomorrow", 5));
}

TEST(ordered_bag, tells_the_median_of_a_window) {
    SplitMix64 random(5);
    OrderedBag bag;
    std::vector<double> window;
    for (int i = 0; i < 3000; ++i) {
        window.push_back(std::round(20 * random.next_normal()));  // many equal ones
        bag.insert(window.back());
        if (window.size() > 101) {
            bag.erase(window.front());
            window.erase(window.begin());
        }
        std::vector<double> sorted = window;
        std::ranges::sort(sorted);
        const std::size_t n = sorted.size(), at = random.next_below(n);
        ASSERT_EQ(bag.size(), n);
        ASSERT_EQ(bag.kth(at), sorted[at]);
        ASSERT_EQ(bag.median(), n % 2 == 1 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]));
    }
}

}  // namespace
}  // namespace aitrading::models
