#include "kit/live_topic/live_topic.hpp"

#include <gtest/gtest.h>

#include <string>

namespace aitrading::kit {
namespace {

using std::chrono::milliseconds;

std::shared_ptr<const Event> numbered(int n) {
    auto event = std::make_shared<Event>();
    event->data = std::to_string(n);
    return event;
}

TEST(LiveTopic, gives_every_reader_every_event_in_order) {
    const auto topic = LiveTopic::make(100);
    const auto early = topic->subscribe();
    for (int n = 0; n < 10; ++n) topic->publish(numbered(n));
    const auto late = topic->subscribe();
    for (int n = 10; n < 30; ++n) topic->publish(numbered(n));
    int next_early = 0, next_late = 10;
    LiveReader::Batch batch;
    while (early->poll(batch, 7, milliseconds(0))) {
        EXPECT_LE(batch.events.size(), 7U);
        for (const auto& event : batch.events) EXPECT_EQ(event->data, std::to_string(next_early++));
    }
    while (late->poll(batch, 1'000, milliseconds(0)))
        for (const auto& event : batch.events) EXPECT_EQ(event->data, std::to_string(next_late++));
    EXPECT_EQ(next_early, 30);
    EXPECT_EQ(next_late, 30);
    EXPECT_EQ(early->missed() + late->missed(), 0U);
}

TEST(LiveTopic, the_oldest_gives_way_and_the_reader_is_told) {
    const auto topic = LiveTopic::make(8);
    const auto reader = topic->subscribe();
    for (int n = 0; n < 20; ++n) topic->publish(numbered(n));
    LiveReader::Batch batch;
    ASSERT_TRUE(reader->poll(batch, 3, milliseconds(0)));
    EXPECT_EQ(batch.missed, 12U);
    EXPECT_EQ(batch.events.front()->data, "12");
    ASSERT_TRUE(reader->poll(batch, 100, milliseconds(0)));
    EXPECT_EQ(batch.missed, 0U);
    EXPECT_EQ(batch.events.size(), 5U);
    EXPECT_FALSE(reader->poll(batch, 100, milliseconds(0)));
    EXPECT_EQ(reader->missed(), 12U);
    EXPECT_EQ(topic->count(), 20U);
}

TEST(LiveTopic, holds_no_more_events_than_its_capacity) {
    const auto topic = LiveTopic::make(4);
    std::weak_ptr<const Event> first;
    for (int n = 0; n < 5; ++n) {
        auto event = numbered(n);
        if (n == 0) first = event;
        topic->publish(std::move(event));
        EXPECT_EQ(first.expired(), n == 4);
    }
}

}  // namespace
}  // namespace aitrading::kit
