#include "kit/lifecycle/topic_inlet.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/uuid.hpp"
#include "engines/event_bus/journal/journal.hpp"

namespace aitrading::kit {
namespace {

using std::chrono::seconds;

/// A bus of its own in a folder of its own.
class Inlet : public ::testing::Test {
  protected:
    void SetUp() override {
        folder_ = std::filesystem::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
        std::filesystem::remove_all(folder_);
        open();
        ASSERT_TRUE(bus_->create_topic("market.bars", {}));
    }
    void TearDown() override {
        bus_.reset();
        std::filesystem::remove_all(folder_);
    }
    void open() { bus_ = engines::open_journal({folder_, {}, {}}).value(); }
    void publish(const std::string& subject) {
        Event event;
        event.time = {++clock_ * 1'000'000};
        event.id = ids_.next(event.time);
        event.type = "BarClosed";
        event.source = "/test";
        event.subject = subject;
        event.data = std::to_string(clock_);
        ASSERT_TRUE(bus_->publish_and_wait("market.bars", {event}));
    }
    static std::vector<std::string> hear(LiveReader& reader, std::size_t count) {
        std::vector<std::string> out;
        LiveReader::Batch batch;
        while (out.size() < count && reader.poll(batch, 100, seconds(20)))
            for (const auto& event : batch.events) out.push_back(event->data);
        return out;
    }

    std::filesystem::path folder_;
    std::unique_ptr<ports::EventBus> bus_;
    UuidMaker ids_{5};
    std::int64_t clock_ = 0;
};

TEST_F(Inlet, brings_what_comes_in_its_order_and_goes_on_after_a_restart) {
    publish("EURUSD");
    const auto live = LiveTopic::make(64);
    const auto reader = live->subscribe();
    {
        TopicInlet inlet(*bus_, "market.bars", "feature-engineering", live);
        EXPECT_FALSE(inlet.ready());
        ASSERT_TRUE(inlet.start());
        EXPECT_TRUE(inlet.ready());
        publish("EURUSD");
        publish("EURUSD");
        EXPECT_EQ(hear(*reader, 2), (std::vector<std::string>{"2", "3"})) << "what was there before it is not news";
    }
    publish("EURUSD");
    bus_.reset();
    open();
    TopicInlet again(*bus_, "market.bars", "feature-engineering", live);
    ASSERT_TRUE(again.start());
    publish("EURUSD");
    EXPECT_EQ(hear(*reader, 2), (std::vector<std::string>{"4", "5"})) << "what came while it was away is not missed";
    again.stop(Deadline::after(std::chrono::steady_clock::now(), seconds(1)));
}

TEST_F(Inlet, services_hear_all_and_instances_of_one_share) {
    const auto live = LiveTopic::make(64), other = LiveTopic::make(64);
    const auto reader = live->subscribe(), other_reader = other->subscribe();
    TopicInlet one(*bus_, "market.bars", "a", live), two(*bus_, "market.bars", "a", live), else_(*bus_, "market.bars", "b", other);
    for (TopicInlet* inlet : {&one, &two, &else_}) ASSERT_TRUE(inlet->start());
    for (int i = 0; i < 10; ++i) publish("symbol" + std::to_string(i));
    EXPECT_EQ(hear(*reader, 10).size(), 10U);
    EXPECT_EQ(hear(*other_reader, 10).size(), 10U);
    LiveReader::Batch more;
    EXPECT_FALSE(reader->poll(more, 10, std::chrono::milliseconds(0))) << "each came once";
}

}  // namespace
}  // namespace aitrading::kit
