#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "base/bulkhead.hpp"
#include "base/deadline.hpp"
#include "base/last_good.hpp"
#include "base/load_shedding.hpp"
#include "base/random.hpp"
#include "base/retry.hpp"
#include "base/token_bucket.hpp"

namespace aitrading {
namespace {

using std::chrono::seconds;

constexpr SteadyTime start{std::chrono::hours(1)};

TEST(token_bucket, grants_in_no_span_more_than_burst_and_rate) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SplitMix64 random(seed);
        const nanoseconds every(1 + static_cast<std::int64_t>(random.next_below(2'000'000)));
        const auto burst = static_cast<std::int64_t>(1 + random.next_below(20));
        TokenBucket bucket(every, burst);
        std::vector<SteadyTime> granted;
        SteadyTime now = start;
        for (int i = 0; i < 600; ++i) {
            now += nanoseconds(random.next_below(static_cast<std::uint64_t>(2 * every.count())));
            if (bucket.take(now)) granted.push_back(now);
        }
        for (std::size_t a = 0; a < granted.size(); ++a)
            for (std::size_t b = a; b < granted.size(); ++b)
                ASSERT_LE(static_cast<std::int64_t>(b - a + 1), burst + (granted[b] - granted[a]) / every) << "seed " << seed;
    }
}

TEST(token_bucket, says_exactly_how_long_to_wait) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        SplitMix64 random(seed);
        TokenBucket bucket(nanoseconds(1 + static_cast<std::int64_t>(random.next_below(5'000))), 5);
        SteadyTime now = start;
        for (int i = 0; i < 50; ++i) {
            const auto count = static_cast<std::int64_t>(1 + random.next_below(5));
            const nanoseconds wait = bucket.wait(now, count);
            if (wait > nanoseconds(0)) {
                ASSERT_FALSE(bucket.take(now + wait - nanoseconds(1), count));
            }
            now += wait;
            ASSERT_TRUE(bucket.take(now, count));
        }
        EXPECT_EQ(bucket.wait(now, 6), nanoseconds::max());
    }
}

TEST(token_bucket, gives_nothing_for_time_that_steps_back) {
    TokenBucket bucket = TokenBucket::of_rate(10, 2);
    EXPECT_TRUE(bucket.take(start) && bucket.take(start));
    EXPECT_FALSE(bucket.take(start - seconds(50)));
    EXPECT_FALSE(bucket.take(start));
    EXPECT_TRUE(bucket.take(start + milliseconds(100)));
}

TEST(deadline, shrinks_over_hops_and_never_beyond_the_class) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        SplitMix64 random(seed);
        SteadyTime now = start;
        const auto kind = static_cast<RequestClass>(random.next_below(3));
        Deadline deadline = Deadline::of(kind, now, std::nullopt);
        EXPECT_EQ(deadline.left(now), limit(kind));
        for (int hop = 0; hop < 8; ++hop) {
            const std::string sent = deadline_text(deadline, now);
            const SteadyTime received = now + milliseconds(random.next_below(300));
            const Deadline next = Deadline::of(static_cast<RequestClass>(random.next_below(3)), received, *parse_deadline(sent));
            ASSERT_LE(next.left(received), deadline.left(now)) << "a hop added time";
            now = received + milliseconds(random.next_below(2'000));
            ASSERT_LE(next.left(now), next.left(received));
            deadline = next;
        }
        EXPECT_EQ(deadline.left(now + seconds(100)), nanoseconds(0));
        EXPECT_TRUE(deadline.passed(now + seconds(100)));
    }
}

TEST(deadline, refuses_what_is_no_time) {
    for (const char* text : {"", "-1", "1.5", "1e3", " 5", "1234567890", "abc"}) EXPECT_FALSE(parse_deadline(text)) << text;
    EXPECT_EQ(parse_deadline("0"), milliseconds(0));
    EXPECT_EQ(parse_deadline("999999999"), milliseconds(999'999'999));
    EXPECT_EQ(Deadline::of(RequestClass::fast, start, milliseconds(999'999'999)).left(start), seconds(5));
}

TEST(retry, waits_within_the_backoff_and_the_deadline) {
    SplitMix64 random(3);
    const RetryRule rule{.attempts_max = 12, .first = milliseconds(10), .longest = milliseconds(200)};
    for (int attempt = 1; attempt < 12; ++attempt) {
        nanoseconds longest_seen{0};
        for (int i = 0; i < 400; ++i) longest_seen = std::max(longest_seen, backoff(rule, attempt, random));
        const nanoseconds most = std::min<nanoseconds>(milliseconds(10) * (1 << (attempt - 1)), milliseconds(200));
        EXPECT_LE(longest_seen, most);
        EXPECT_GT(longest_seen, most * 9 / 10) << "full jitter uses the whole span";
    }
    RetryBudget budget;
    const Deadline deadline = Deadline::after(start, milliseconds(40));
    for (int i = 0; i < 400; ++i)
        if (const auto delay = next_retry(rule, 3, budget, deadline, start, nanoseconds(0), random)) {
            ASSERT_LT(*delay, milliseconds(40));
        }
    EXPECT_FALSE(next_retry(rule, 1, budget, deadline, start, milliseconds(40), random)) << "the peer asks for more than is left";
    EXPECT_FALSE(next_retry(rule, 12, budget, Deadline::after(start, seconds(9)), start, nanoseconds(0), random));
}

TEST(retry, a_peer_that_is_down_gets_few_calls_more) {
    SplitMix64 random(4);
    RetryBudget budget;
    int calls = 0;
    for (int i = 0; i < 10'000; ++i) {
        budget.call();
        for (int attempt = 1;; ++attempt) {
            ++calls;
            if (!next_retry({}, attempt, budget, Deadline::after(start, seconds(30)), start, nanoseconds(0), random)) break;
        }
    }
    EXPECT_LE(calls, 10'000 + 1'000 + 10);
    EXPECT_GE(calls, 10'900);
}

TEST(bulkhead, never_holds_more_and_never_strands_one_who_waits) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SplitMix64 random(seed);
        const int running_max = static_cast<int>(1 + random.next_below(5)), waiting_max = static_cast<int>(random.next_below(5));
        Bulkhead door(running_max, waiting_max);
        int running = 0, waiting = 0;
        for (int i = 0; i < 1'000; ++i) {
            const std::uint64_t what = random.next_below(10);
            if (what < 6) {
                const auto entry = door.enter();
                ASSERT_EQ(entry == Bulkhead::Entry::runs, running < running_max);
                ASSERT_EQ(entry == Bulkhead::Entry::refused, running == running_max && waiting == waiting_max);
                running += entry == Bulkhead::Entry::runs ? 1 : 0;
                waiting += entry == Bulkhead::Entry::waits ? 1 : 0;
            } else if (what < 9 && running > 0) {
                ASSERT_EQ(door.leave(), waiting > 0);
                (waiting > 0 ? waiting : running) -= 1;
            } else if (waiting > 0) {
                door.give_up();
                --waiting;
            }
            ASSERT_EQ(door.running(), running);
            ASSERT_EQ(door.waiting(), waiting);
            ASSERT_TRUE(waiting == 0 || running == running_max) << "one waits beside a free place";
        }
    }
}

TEST(load_shedding, turns_heavy_work_away_first_and_what_is_too_late_always) {
    SplitMix64 random(9);
    for (int i = 0; i < 5'000; ++i) {
        const Load load{nanoseconds(random.next_below(2'000'000'000)), nanoseconds(random.next_below(300'000'000))};
        const nanoseconds left(1 + static_cast<std::int64_t>(random.next_below(5'000'000'000)));
        const bool fast = shed(RequestClass::fast, load, left), normal = shed(RequestClass::normal, load, left),
                   heavy = shed(RequestClass::heavy, load, left);
        ASSERT_TRUE(!fast || normal) << "fast goes last";
        ASSERT_TRUE(!normal || heavy) << "heavy goes first";
        ASSERT_TRUE(fast || load.oldest_waits + load.typical_work <= left);
        ASSERT_TRUE(shed(RequestClass::fast, load, nanoseconds(0)));
    }
    EXPECT_FALSE(shed(RequestClass::heavy, {}, milliseconds(1)));
}

TEST(last_good, stands_in_with_its_age_and_not_for_ever) {
    LastGood<int> kept(seconds(10));
    EXPECT_FALSE(kept.at(start));
    kept.keep(7, start);
    const auto aged = kept.at(start + seconds(10));
    ASSERT_TRUE(aged);
    EXPECT_EQ(aged->value, 7);
    EXPECT_EQ(aged->age, seconds(10));
    EXPECT_FALSE(kept.at(start + seconds(10) + nanoseconds(1)));
}

}  // namespace
}  // namespace aitrading
