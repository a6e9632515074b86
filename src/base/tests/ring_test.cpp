#include "base/ring.hpp"

#include <deque>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace aitrading {
namespace {

TEST(ring, holds_what_a_deque_holds) {
    SplitMix64 random(7);
    Ring<int> ring;
    std::deque<int> deque;
    for (int i = 0; i < 20'000; ++i) {
        if (deque.empty() || random.next_below(100) < (i < 10'000 ? 52U : 48U)) {
            ring.push_back(i), deque.push_back(i);
        } else {
            ring.pop_front(), deque.pop_front();
        }
        ASSERT_EQ(ring.size(), deque.size());
        if (deque.empty()) continue;
        ASSERT_EQ(ring.front(), deque.front());
        ASSERT_EQ(ring.back(), deque.back());
        const std::size_t at = random.next_below(deque.size());
        ASSERT_EQ(ring[at], deque[at]);
    }
}

TEST(ring, keeps_its_room) {
    Ring<double> ring;
    ring.reserve(10);
    for (int i = 0; i < 1000; ++i) {
        ring.push_back(i);
        if (ring.size() > 9) ring.pop_front();
    }
    EXPECT_EQ(ring.capacity(), 10U);
    ring.push_back(ring.front());
    EXPECT_EQ(ring.back(), ring.front());
    ring.push_back(ring.front());  // grows while the value lies in the slots that move
    EXPECT_GT(ring.capacity(), 10U);
    EXPECT_EQ(ring.back(), ring.front());
}

}  // namespace
}  // namespace aitrading
