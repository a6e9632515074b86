#include "engines/market_feed/pulled/pulled_feed.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "ports/market_feed/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

using ports::FeedItem;
using ports::conformance::FeedScript;
using ports::conformance::quotes_script;

/// Rows of a script, a few at a time, some times none.
PullRows rows_of(const FeedScript& script) {
    return [script, at = std::size_t{0}, turn = 0](std::vector<FeedItem>& rows) mutable -> Result<bool> {
        rows.clear();
        if (++turn % 3 == 0 && at < script.items.size()) return true;
        for (int i = 0; i < 5 && at < script.items.size(); ++i) rows.push_back(script.items[at++]);
        return !rows.empty();
    };
}

/// Time goes on only where somebody waits.
class HandClock final : public PaceClock {
  public:
    std::int64_t now_nanos() override { return now; }
    void wait_until(std::int64_t nanos, const std::stop_token&) override { now = std::max(now, nanos); }
    std::int64_t now = 77;
};

TEST(pulled_feed, keeps_the_promises_of_the_port) {
    for (const Pace pace : {Pace{}, Pace{.speed = 100}, Pace{.rows_per_second = 5'000}}) {
        const auto make = [&](const FeedScript& script) { return std::make_unique<PulledFeed>("replay", script.symbols, rows_of(script), pace, std::make_shared<HandClock>()); };
        for (const auto& check : ports::conformance::feed_checks()) EXPECT_EQ(check.run(make), "") << check.name << " at speed " << pace.speed;
    }
}

TEST(pulled_feed, gives_a_row_when_its_time_has_come) {
    const auto clock = std::make_shared<HandClock>();
    PulledFeed feed("replay", quotes_script(3).symbols, rows_of(quotes_script(3)), {.speed = 2}, clock);
    std::vector<FeedItem> out;
    ASSERT_TRUE(feed.poll(out, 10, std::chrono::milliseconds(0), {}));
    ASSERT_EQ(out.size(), 1U) << "the second row comes a millisecond of the market later";
    ASSERT_TRUE(feed.poll(out, 10, std::chrono::milliseconds(0), {}));
    EXPECT_TRUE(out.empty());
    clock->now += 1'000'000;  // two milliseconds of the market
    ASSERT_TRUE(feed.poll(out, 10, std::chrono::milliseconds(0), {}));
    EXPECT_EQ(out.size(), 2U);
    const std::int64_t before = clock->now;
    ASSERT_TRUE(feed.poll(out, 10, std::chrono::milliseconds(50), {}));
    EXPECT_EQ(out.size(), 1U);
    EXPECT_EQ(clock->now - before, 500'000) << "it waits for the row and no longer";
}

TEST(pulled_feed, gives_so_many_rows_a_second) {
    const auto clock = std::make_shared<HandClock>();
    PulledFeed feed("simulator", quotes_script(500).symbols, rows_of(quotes_script(500)), {.rows_per_second = 100}, clock);
    std::vector<FeedItem> out;
    ASSERT_TRUE(feed.poll(out, 1'000, std::chrono::milliseconds(0), {}));
    clock->now += 1'000'000'000;
    ASSERT_TRUE(feed.poll(out, 1'000, std::chrono::milliseconds(0), {}));
    EXPECT_EQ(out.size(), 100U);
}

TEST(pulled_feed, tells_the_errors_of_its_source_and_goes_on_behind_them) {
    int calls = 0;
    PulledFeed feed("replay", quotes_script(1).symbols, [&](std::vector<FeedItem>& rows) -> Result<bool> {
        rows.clear();
        if (++calls == 2) return fail(ErrorCode::bad_input, "ticks.csv, line 3: bid is no number");
        if (calls <= 3) rows.push_back(quotes_script(1).items[0]);
        return calls <= 3;
    });
    std::vector<FeedItem> out;
    ASSERT_TRUE(feed.poll(out, 5, std::chrono::milliseconds(0), {}));
    EXPECT_EQ(out.size(), 1U) << "the row before is not lost with the error";
    EXPECT_FALSE(feed.ended());
    const auto refused = feed.poll(out, 5, std::chrono::milliseconds(0), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text, "ticks.csv, line 3: bid is no number");
    ASSERT_TRUE(feed.poll(out, 5, std::chrono::milliseconds(0), {}));
    EXPECT_EQ(out.size(), 1U);
    EXPECT_TRUE(feed.ended());
}

TEST(pulled_feed, refuses_a_row_of_nobody) {
    PulledFeed feed("replay", {{"EURUSD", 5}}, rows_of(quotes_script(2)));
    std::vector<FeedItem> out;
    const auto refused = feed.poll(out, 5, std::chrono::milliseconds(0), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::failed);
}

}  // namespace
}  // namespace aitrading::engines
