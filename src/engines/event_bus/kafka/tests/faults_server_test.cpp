#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <random>
#include <thread>

#include "engines/event_bus/kafka/kafka_bus.hpp"
#include "engines/event_bus/kafka/tests/own_broker.hpp"
#include "ports/event_bus/conformance/ground.hpp"

namespace aitrading::engines {
namespace {

using ports::conformance::all_of;
using ports::conformance::Counter;
using ports::conformance::disorder;
using ports::conformance::drain_at_least;
using ports::conformance::last_of;

const char* shared_brokers() { return std::getenv("AITRADING_TEST_KAFKA"); }
std::string fresh_prefix() { return "f" + std::to_string(std::random_device{}()); }

#define NEEDS_KAFKA() \
    if (shared_brokers() == nullptr) GTEST_SKIP() << "needs a real Kafka: ./dev test --with-servers"

TEST(KafkaFaults, a_broker_that_stops_and_comes_back_loses_and_doubles_nothing) {
    NEEDS_KAFKA();
    OwnBroker broker;
    auto bus = open_kafka_bus({.brokers = broker.address(), .prefix = "f"}).value();
    ASSERT_TRUE(bus->create_topic("t", {}));
    Counter counter;
    std::size_t published = 0;
    auto member = bus->subscribe("t", "g", {}).value();
    std::vector<ports::Delivery> seen;
    for (const bool killed : {false, true}) {
        ASSERT_TRUE(bus->publish_and_wait("t", counter.some(50)));
        std::promise<Result<std::vector<ports::Receipt>>> told;
        killed ? broker.kill() : broker.stop();
        ASSERT_TRUE(bus->publish("t", counter.some(50), [&](const auto& receipts) { told.set_value(receipts); }, std::chrono::seconds(1)));
        broker.start();
        const auto receipts = told.get_future().get();
        ASSERT_TRUE(receipts) << receipts.error().text;
        published += 100;
        auto some = drain_at_least(*member, 100);
        for (int attempt = 0; !some && attempt < 20; ++attempt) some = drain_at_least(*member, 100);
        ASSERT_TRUE(some) << some.error().text;
        const auto done = member->commit({.up_to = last_of(*some), .state = {{"n", std::to_string(published)}}});
        if (done) {
            seen.insert(seen.end(), some->begin(), some->end());
        } else {  // the group met again after the restart: the same comes once more
            EXPECT_TRUE(done.error().retry_helps) << done.error().text;
            const auto again = drain_at_least(*member, 100).value();
            ASSERT_TRUE(member->commit({.up_to = last_of(again), .state = {{"n", std::to_string(published)}}}));
            seen.insert(seen.end(), again.begin(), again.end());
        }
    }
    EXPECT_EQ(seen.size(), published);
    EXPECT_EQ(disorder(seen), "");
    EXPECT_EQ(member->state("n").value(), std::to_string(published));
    const auto all = all_of(*bus, "t");
    ASSERT_TRUE(all) << all.error().text;
    EXPECT_EQ(all->size(), published);
    EXPECT_EQ(disorder(*all), "");
    EXPECT_TRUE(bus->health());
}

TEST(KafkaFaults, a_broker_that_does_not_answer_fills_the_bound_and_no_more) {
    NEEDS_KAFKA();
    OwnBroker broker;
    constexpr int bound = 100;
    auto bus = open_kafka_bus({.brokers = broker.address(), .prefix = "f", .limits = {.pending_events_max = bound}}).value();
    ASSERT_TRUE(bus->create_topic("t", {}));
    Counter counter;
    ASSERT_TRUE(bus->publish_and_wait("t", counter.some(5)));
    broker.send(SIGSTOP);
    std::atomic<int> acknowledged{0}, failed{0};
    int accepted = 0;
    for (; accepted <= bound; ++accepted) {
        // The room of the first five is free some time after their acknowledgement.
        const std::chrono::seconds for_room(accepted < bound ? 10 : 0);
        const auto taken = bus->publish("t", {counter.next("s0")}, [&](const auto& receipts) { ++(receipts ? acknowledged : failed); }, for_room);
        if (taken) continue;
        EXPECT_TRUE(taken.error().retry_helps) << taken.error().text;
        break;
    }
    EXPECT_EQ(accepted, bound) << "what is not acknowledged stays within its bound";
    EXPECT_EQ(acknowledged, 0);
    broker.send(SIGCONT);
    Event last = counter.next("s1");
    ASSERT_TRUE(bus->publish_and_wait("t", {last})) << "there is room again";
    EXPECT_EQ(acknowledged, bound);
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(all_of(*bus, "t").value().size(), static_cast<std::size_t>(5 + bound + 1));
}

TEST(KafkaFaults, a_broker_that_never_answers_is_told_and_its_events_are_published_again_without_effect) {
    NEEDS_KAFKA();
    OwnBroker broker;
    auto bus = open_kafka_bus({.brokers = broker.address(), .prefix = "f", .patience = std::chrono::seconds(3)}).value();
    ASSERT_TRUE(bus->create_topic("t", {}));
    Counter counter;
    const auto first = counter.some(5), second = counter.some(5);
    ASSERT_TRUE(bus->publish_and_wait("t", first));
    broker.send(SIGSTOP);
    const auto lost = bus->publish_and_wait("t", second);
    broker.send(SIGCONT);
    ASSERT_FALSE(lost);
    EXPECT_TRUE(lost.error().retry_helps) << lost.error().text;
    auto again = bus->publish_and_wait("t", first);
    for (int attempt = 0; !again && again.error().retry_helps && attempt < 20; ++attempt) again = bus->publish_and_wait("t", first);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_TRUE(again->front().duplicate);
    const auto there = bus->publish_and_wait("t", second);
    ASSERT_TRUE(there) << there.error().text;
    EXPECT_TRUE(bus->health());
    const auto all = all_of(*bus, "t").value();
    EXPECT_EQ(all.size(), 10U);
    EXPECT_EQ(disorder(all), "");
}

/// Consumes and produces one event for each, as long as there is work; leaves and comes back now and then.
void work(ports::EventBus& bus, int seed, std::atomic<int>& done, int all, std::string& broken, std::mutex& mutex) {
    const auto say = [&](const std::string& what) {
        const std::lock_guard lock(mutex);
        broken = what;
        done = all;
    };
    for (int life = 0; done < all; ++life) {
        auto member = bus.subscribe("t", "g", {});
        if (!member) return say(member.error().text);
        for (int polls = 0; polls < 6 + seed * 3 && done < all; ++polls) {
            const auto some = (*member)->poll({.events_max = 40, .wait = std::chrono::milliseconds(50)});
            if (!some) return say(some.error().text);
            if (some->empty()) continue;
            ports::Commit step{.up_to = last_of(*some)};
            for (const auto& d : *some) {
                Event event = d.event;
                event.type = "ops.load_seen";
                event.id.bytes[15] = static_cast<std::uint8_t>(event.id.bytes[15] ^ static_cast<std::uint8_t>(life + seed * 16 + 1));  // a second try is another event
                step.produced.push_back({"out", event});
            }
            const auto committed = (*member)->commit(step);
            if (committed) done += static_cast<int>(some->size());
            else if (!committed.error().retry_helps) return say(committed.error().text);
        }
    }
}

TEST(KafkaFaults, members_that_come_and_go_under_load_give_each_event_one_effect) {
    NEEDS_KAFKA();
    constexpr int all = 2'000;
    const auto bus = open_kafka_bus({.brokers = shared_brokers(), .prefix = fresh_prefix()}).value();
    ASSERT_TRUE(bus->create_topic("t", {}));
    ASSERT_TRUE(bus->create_topic("out", {}));
    std::atomic<int> done{0};
    std::string broken;
    std::mutex mutex;
    std::vector<std::thread> workers;
    workers.reserve(3);
    for (int seed = 0; seed < 3; ++seed) workers.emplace_back([&, seed] { work(*bus, seed, done, all, broken, mutex); });
    Counter counter;
    for (int i = 0; i < all / 50; ++i) EXPECT_TRUE(bus->publish_and_wait("t", counter.some(50, 25)));
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(broken, "");
    const auto out = all_of(*bus, "out");
    ASSERT_TRUE(out) << out.error().text;
    EXPECT_EQ(out->size(), static_cast<std::size_t>(all)) << "no effect twice, none lost";
    EXPECT_EQ(disorder(*out), "");
}

TEST(KafkaFaults, a_second_bus_of_the_same_writer_takes_over_and_the_first_says_so) {
    NEEDS_KAFKA();
    const KafkaOptions options{.brokers = shared_brokers(), .prefix = fresh_prefix()};
    auto first = open_kafka_bus(options).value();
    ASSERT_TRUE(first->create_topic("t", {}));
    Counter counter;
    ASSERT_TRUE(first->publish_and_wait("t", counter.some(5)));
    auto second = open_kafka_bus(options).value();
    ASSERT_TRUE(second->publish_and_wait("t", counter.some(5)));
    const auto refused = first->publish_and_wait("t", {counter.next("s9")});
    ASSERT_FALSE(refused);
    EXPECT_FALSE(first->health());
    EXPECT_TRUE(second->health());
    auto other = open_kafka_bus({.brokers = shared_brokers(), .prefix = options.prefix, .writer = "other"}).value();
    ASSERT_TRUE(other->publish_and_wait("t", counter.some(5))) << "buses of other names publish side by side";
    ASSERT_TRUE(second->publish_and_wait("t", counter.some(5)));
    EXPECT_EQ(all_of(*second, "t").value().size(), 20U);
}

TEST(KafkaFaults, a_broker_that_is_not_there_is_said) {
    NEEDS_KAFKA();
    const auto bus = open_kafka_bus({.brokers = "127.0.0.1:1", .prefix = "f", .patience = std::chrono::milliseconds(500)});
    ASSERT_FALSE(bus);
    EXPECT_TRUE(bus.error().retry_helps);
    EXPECT_NE(bus.error().text.find("127.0.0.1:1"), std::string::npos) << bus.error().text;
}

}  // namespace
}  // namespace aitrading::engines
