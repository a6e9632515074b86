#include <gtest/gtest.h>

#include "engines/sqlite/simulated_disk/simulated_disk.hpp"
#include "engines/event_bus/journal/journal.hpp"
#include "ports/event_bus/conformance/checks.hpp"

namespace aitrading::engines {
namespace {

/// A disk that loses what was not synced.
class DiskGround final : public ports::conformance::Ground {
  public:
    explicit DiskGround(std::uint64_t seed) : disk_(seed) {}
    Result<std::unique_ptr<ports::EventBus>> open(ports::BusLimits limits) override { return open_journal({"j", limits, disk_.file_system(), 16}); }
    void cut(std::unique_ptr<ports::EventBus> bus) override {
        disk_.cut_at(1);  // the next step is the last
        bus.reset();
        disk_.restart();
    }

  private:
    SimulatedDisk disk_;
};

class JournalOnSimulatedDisk : public testing::TestWithParam<ports::conformance::Check> {};

TEST_P(JournalOnSimulatedDisk, keeps_the_promise_of_the_port) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) EXPECT_EQ(GetParam().run([seed] { return std::make_unique<DiskGround>(seed); }), "") << "seed " << seed;
}

INSTANTIATE_TEST_SUITE_P(EventBus, JournalOnSimulatedDisk, testing::ValuesIn(ports::conformance::checks()),
                         [](const auto& one) { return std::string(one.param.name); });

Event event_of(int n, UuidMaker& ids) {
    Event event;
    event.id = ids.next({n * 1'000'000LL});
    event.type = "ops.load_appended";
    event.source = "/test";
    event.subject = "s";
    event.data = std::to_string(n);
    return event;
}

/// Publishes until something fails; how many were acknowledged.
int publish_until_refused(ports::EventBus& bus, UuidMaker& ids) {
    for (int n = 0; n < 500; ++n)
        if (!bus.publish_and_wait("t", {event_of(n, ids)})) return n;
    return 500;
}

/// After a fault of the disk the journal stops, says so, and never writes again, whatever the disk does later.
void expect_stop(const std::function<void(SimulatedDisk&, std::int64_t)>& plant, const char* word) {
    SimulatedDisk disk(7);
    UuidMaker ids(1);
    int acknowledged = 0;
    {
        auto bus = open_journal({"j", {}, disk.file_system(), 16}).value();
        ASSERT_TRUE(bus->create_topic("t", {}));
        plant(disk, disk.steps() + 60);
        acknowledged = publish_until_refused(*bus, ids);
        ASSERT_LT(acknowledged, 500);
        ASSERT_GT(acknowledged, 0);
        disk.fill_at(0);
        const auto health = bus->health();
        ASSERT_FALSE(health);
        EXPECT_NE(health.error().text.find("the journal stopped"), std::string::npos) << health.error().text;
        EXPECT_NE(health.error().text.find(word), std::string::npos) << health.error().text;
        const std::int64_t steps = disk.steps();
        EXPECT_FALSE(bus->publish_and_wait("t", {event_of(1'000, ids)}));
        EXPECT_FALSE(bus->create_topic("u", {}));
        EXPECT_EQ(disk.steps(), steps) << "not one more step on the disk";
        EXPECT_EQ(ports::conformance::all_of(*bus, "t").value().size(), static_cast<std::size_t>(acknowledged)) << "reading goes on";
    }
    disk.restart();
    auto bus = open_journal({"j", {}, disk.file_system(), 16}).value();
    const auto all = ports::conformance::all_of(*bus, "t");
    ASSERT_TRUE(all) << all.error().text;
    EXPECT_GE(all->size(), static_cast<std::size_t>(acknowledged));
    EXPECT_EQ(ports::conformance::disorder(*all), "");
    EXPECT_TRUE(bus->publish_and_wait("t", {event_of(2'000, ids)}));
}

TEST(Journal, stops_at_a_failed_sync_and_never_tries_it_again) {
    expect_stop([](SimulatedDisk& disk, std::int64_t step) { disk.fail_sync_at(step); }, "the disk refused");
}

TEST(Journal, stops_at_a_full_disk_and_goes_on_after_a_restart_with_room) {
    expect_stop([](SimulatedDisk& disk, std::int64_t step) { disk.fill_at(step); }, "no space is left");
}

TEST(Journal, stops_wherever_a_sync_fails_also_while_it_copies_its_log) {
    for (int step = 1; step <= 40; ++step) {
        SimulatedDisk disk(static_cast<std::uint64_t>(step));
        UuidMaker ids(1);
        // A copy after every commit: half of the syncs are its own.
        auto bus = open_journal({"j", {}, disk.file_system(), 1}).value();
        ASSERT_TRUE(bus->create_topic("t", {}));
        disk.fail_sync_at(disk.steps() + step);
        const int acknowledged = publish_until_refused(*bus, ids);
        ASSERT_LT(acknowledged, 30) << "the failed sync passed in silence, step " << step;
        EXPECT_FALSE(bus->health());
        bus.reset();
        disk.restart();
        bus = open_journal({"j", {}, disk.file_system(), 1}).value();
        EXPECT_GE(ports::conformance::all_of(*bus, "t").value().size(), static_cast<std::size_t>(acknowledged)) << step;
    }
}

}  // namespace
}  // namespace aitrading::engines
