#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "engines/event_bus/journal/journal.hpp"
#include "kit/events/retention.hpp"
#include "ports/event_bus/conformance/ground.hpp"

namespace aitrading::kit {
namespace {

using testing::HasSubstr;

constexpr std::int64_t hour = 3'600 * nanos_per_second;

class TopicRetention : public testing::Test {
  protected:
    TopicRetention() {
        std::filesystem::remove_all(folder);
        bus = engines::open_journal({.folder = folder, .limits = {}, .file_system = {}}).value();
        EXPECT_TRUE(bus->create_topic("t", {.partitions = 1}));
    }
    ~TopicRetention() override {
        bus.reset();
        std::filesystem::remove_all(folder);
    }
    void publish(int count) { ASSERT_TRUE(bus->publish_and_wait("t", counter.some(count, 1))); }
    std::int64_t first() { return bus->firsts("t").value()[0]; }

    std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / ("topic_retention." + std::to_string(::getpid()));
    std::unique_ptr<ports::EventBus> bus;
    Metrics metrics;
    ports::conformance::Counter counter;
};

TEST(KeepRules, are_counts_or_times) {
    const KeepRules rules = parse_keep_rules({"a=1000", "b=30d", "logs.records=12h"}).value();
    EXPECT_EQ(rules.at("a"), (KeepRule{.events = 1000, .nanos = std::nullopt}));
    EXPECT_EQ(rules.at("b"), (KeepRule{.events = std::nullopt, .nanos = 30 * 24 * hour}));
    EXPECT_EQ(rules.at("logs.records"), (KeepRule{.events = std::nullopt, .nanos = 12 * hour}));
    EXPECT_TRUE(parse_keep_rules({}).value().empty());
}

TEST(KeepRules, that_nobody_can_mean_are_refused) {
    for (const char* wrong : {"a", "a=", "a=0", "a=-5", "a=d", "a=0d", "a=1.5d", "a=3w", "a=99999999999999999999", "a=99999999d", "A b=3"})
        EXPECT_FALSE(parse_keep_rules({wrong})) << wrong;
    EXPECT_FALSE(parse_keep_rules({"a=1", "a=2"})) << "two rules for a topic";
    for (const char* domain : {"orders.events=30d", "audit.records=1", "ops.timers=5"})
        EXPECT_THAT(parse_keep_rules({domain}).error().text, HasSubstr("domain events are kept for good"));
}

TEST_F(TopicRetention, removes_a_little_at_a_time) {
    publish(12'000);
    Retention retention(*bus, metrics);
    const KeepRules rules = parse_keep_rules({"t=500", "nowhere=1"}).value();
    EXPECT_TRUE(retention.turn(rules, {0}).value());
    EXPECT_EQ(first(), 5'001);
    EXPECT_TRUE(retention.turn(rules, {0}).value());
    EXPECT_FALSE(retention.turn(rules, {0}).value());
    EXPECT_EQ(first(), 11'501);
    EXPECT_THAT(metrics.text(), HasSubstr("events_removed_total{topic=\"t\"} 11500"));
}

TEST_F(TopicRetention, tells_what_a_group_holds_back) {
    publish(100);
    const auto member = bus->subscribe("t", "slow", {}).value();
    ASSERT_TRUE(member->poll({.events_max = 10}));
    Retention retention(*bus, metrics);
    const KeepRules rules = parse_keep_rules({"t=40"}).value();
    EXPECT_FALSE(retention.turn(rules, {0}).value());
    EXPECT_EQ(first(), 1);
    EXPECT_THAT(metrics.text(), HasSubstr("events_beyond_retention{topic=\"t\"} 60"));
    ASSERT_TRUE(member->commit({.up_to = {{0, 10}}}));
    EXPECT_FALSE(retention.turn(rules, {0}).value());
    EXPECT_EQ(first(), 11);
    EXPECT_THAT(metrics.text(), HasSubstr("events_beyond_retention{topic=\"t\"} 50"));
}

TEST_F(TopicRetention, by_age_asks_the_events) {
    std::vector<Event> events = counter.some(10, 1);
    for (std::size_t i = 0; i < events.size(); ++i) events[i].time = {static_cast<std::int64_t>(i) * hour};
    ASSERT_TRUE(bus->publish_and_wait("t", events));
    Retention retention(*bus, metrics);
    EXPECT_FALSE(retention.turn(parse_keep_rules({"t=3h"}).value(), {9 * hour}).value());
    EXPECT_EQ(first(), 7) << "hours 6 to 9 stay";
}

}  // namespace
}  // namespace aitrading::kit
