#include "base/circuit_breaker.hpp"

#include <deque>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace aitrading {
namespace {

using State = CircuitBreaker::State;
using std::chrono::seconds;

constexpr SteadyTime start{std::chrono::hours(1)};

void call(CircuitBreaker& breaker, bool succeeds, SteadyTime now) {
    const auto permit = breaker.ask(now);
    ASSERT_TRUE(permit);
    breaker.tell(*permit, succeeds, now);
}

void open(CircuitBreaker& breaker, SteadyTime now) {
    for (int i = 0; i < 20 && breaker.state(now) == State::closed; ++i) call(breaker, false, now);
    ASSERT_EQ(breaker.state(now), State::open);
}

TEST(circuit_breaker, opens_on_the_share_of_failures_and_not_on_few_calls) {
    CircuitBreaker few({.calls_min = 20});
    for (int i = 0; i < 19; ++i) call(few, false, start);
    EXPECT_EQ(few.state(start), State::closed);
    call(few, false, start);
    EXPECT_EQ(few.state(start), State::open);
    EXPECT_FALSE(few.ask(start));
    EXPECT_EQ(few.pause_left(start), seconds(1));

    CircuitBreaker less({.calls_min = 20, .failure_share = 0.5}), more({.calls_min = 20, .failure_share = 0.5});
    for (int i = 0; i < 1'000; ++i) {
        call(less, i % 100 < 51, start + milliseconds(i));
        if (const auto permit = more.ask(start + milliseconds(i))) more.tell(*permit, i % 100 < 49, start + milliseconds(i));
    }
    EXPECT_EQ(less.state(start + seconds(1)), State::closed) << "49 of every 100";
    EXPECT_FALSE(more.ask(start + milliseconds(98))) << "49 of the first 98";
}

TEST(circuit_breaker, forgets_what_lies_before_its_window) {
    CircuitBreaker breaker({.window = seconds(10), .calls_min = 20});
    for (int i = 0; i < 19; ++i) call(breaker, false, start);
    call(breaker, false, start + seconds(11));
    EXPECT_EQ(breaker.state(start + seconds(11)), State::closed);
}

TEST(circuit_breaker, one_probe_decides_and_failed_probes_lengthen_the_pause) {
    CircuitBreaker breaker({.pause = seconds(1), .pause_max = seconds(4)});
    open(breaker, start);
    SteadyTime now = start;
    for (const int pause : {1, 2, 4, 4}) {
        EXPECT_FALSE(breaker.ask(now + seconds(pause) - nanoseconds(1))) << pause;
        now += seconds(pause);
        const auto probe = breaker.ask(now);
        ASSERT_TRUE(probe);
        EXPECT_FALSE(breaker.ask(now)) << "one probe at a time";
        breaker.tell(*probe, false, now);
        EXPECT_EQ(breaker.state(now), State::open);
    }
    now += seconds(4);
    call(breaker, true, now);
    EXPECT_EQ(breaker.state(now), State::closed);
    open(breaker, now);
    EXPECT_EQ(breaker.pause_left(now), seconds(1)) << "success made the pause short again";
}

TEST(circuit_breaker, ignores_calls_from_before_and_counts_silence_of_a_probe_as_failure) {
    CircuitBreaker breaker({.probe_patience = seconds(5)});
    const auto old = breaker.ask(start);
    open(breaker, start);
    const SteadyTime later = start + seconds(1);
    const auto probe = breaker.ask(later);
    ASSERT_TRUE(probe);
    breaker.tell(*old, true, later);
    EXPECT_EQ(breaker.state(later), State::half_open) << "an old success is no probe";
    EXPECT_EQ(breaker.state(later + seconds(5)), State::open);
    breaker.tell(*probe, true, later + seconds(5));
    EXPECT_EQ(breaker.state(later + seconds(5)), State::open);
}

/// Whatever calls do: while open nobody passes; half open at most `probes` at once; it closes only after that many successes.
TEST(circuit_breaker, keeps_its_rules_under_random_calls) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        SplitMix64 random(seed);
        const BreakerRule rule{.window = seconds(2), .calls_min = 5, .pause = milliseconds(100), .pause_max = seconds(1),
                               .probes = static_cast<int>(1 + random.next_below(3)), .probe_patience = seconds(3)};
        CircuitBreaker breaker(rule);
        std::deque<CircuitBreaker::Permit> out;
        SteadyTime now = start;
        std::uint64_t half_open_generation = 0;
        int probes = 0;
        for (int i = 0; i < 3'000; ++i) {
            now += milliseconds(random.next_below(60));
            const State before = breaker.state(now);
            if (random.next_below(2) == 0) {
                const auto permit = breaker.ask(now);
                ASSERT_TRUE(!permit || before != State::open) << "seed " << seed;
                ASSERT_TRUE(permit || before != State::closed) << "seed " << seed;
                if (permit && before == State::half_open) {
                    probes = permit->generation == half_open_generation ? probes + 1 : 1;
                    half_open_generation = permit->generation;
                    ASSERT_LE(probes, rule.probes) << "seed " << seed;
                }
                if (permit) out.push_back(*permit);
            } else if (!out.empty()) {
                const bool well = random.next_below(100) < 60;
                breaker.tell(out.front(), well, now);
                out.pop_front();
                if (before == State::half_open && breaker.state(now) == State::closed) {
                    ASSERT_TRUE(well);
                    ASSERT_EQ(probes, rule.probes) << "seed " << seed;
                }
            }
        }
    }
}

}  // namespace
}  // namespace aitrading
