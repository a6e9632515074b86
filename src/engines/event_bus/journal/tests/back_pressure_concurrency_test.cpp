#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <latch>

#include "engines/event_bus/journal/journal.hpp"
#include "ports/event_bus/conformance/ground.hpp"

namespace aitrading::engines {
namespace {

/// While an acknowledgement is held back, exactly what fits is accepted; the next is refused and may try again; nothing that
/// was accepted is lost.
TEST(JournalBackPressure, a_full_queue_refuses_and_drops_nothing) {
    const auto folder = std::filesystem::path(testing::TempDir()) / ("journal_back_pressure." + std::to_string(::getpid()));
    constexpr int bound = 10;
    ports::conformance::Counter counter;
    std::latch held(1), release(1);
    std::atomic<int> acknowledged{0};
    {
        auto bus = open_journal({folder, {.pending_events_max = bound}, {}}).value();
        ASSERT_TRUE(bus->create_topic("t", {}));
        const auto hold = [&](const auto&) {
            held.count_down();
            release.wait();
            ++acknowledged;
        };
        const auto count = [&](const auto& receipts) { acknowledged += receipts ? 1 : 0; };
        ASSERT_TRUE(bus->publish("t", {counter.next("s")}, hold, std::chrono::milliseconds(0)));
        held.wait();
        for (int i = 1; i < bound; ++i) ASSERT_TRUE(bus->publish("t", {counter.next("s")}, count, std::chrono::milliseconds(0))) << i;
        const Event over = counter.next("s");
        const auto refused = bus->publish("t", {over}, count, std::chrono::milliseconds(1));
        ASSERT_FALSE(refused);
        EXPECT_TRUE(refused.error().retry_helps) << refused.error().text;
        EXPECT_TRUE(bus->health());
        release.count_down();
        EXPECT_TRUE(bus->publish("t", {over}, count, std::chrono::seconds(60)));
    }  // closing finishes what was accepted
    EXPECT_EQ(acknowledged, bound + 1);
    auto bus = open_journal({folder, {}, {}}).value();
    const auto all = ports::conformance::all_of(*bus, "t").value();
    EXPECT_EQ(all.size(), std::size_t{bound} + 1);
    EXPECT_EQ(ports::conformance::disorder(all), "");
    bus.reset();
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace aitrading::engines
