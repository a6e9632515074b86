#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "engines/event_bus/journal/journal.hpp"
#include "engines/event_bus/journal/journal_view.hpp"
#include "ports/event_bus/conformance/ground.hpp"

namespace aitrading::engines {
namespace {

class Retention : public testing::Test {
  protected:
    Retention() { std::filesystem::remove_all(folder); }
    ~Retention() override { std::filesystem::remove_all(folder); }
    std::unique_ptr<ports::EventBus> open(int free_pages_kept) {
        JournalOptions options;
        options.folder = folder;
        options.free_pages_kept = free_pages_kept;
        auto bus = open_journal(options).value();
        EXPECT_TRUE(bus->create_topic("t", {}));
        return bus;
    }
    void publish(ports::EventBus& bus, int count) {
        std::vector<Event> events = counter.some(count);
        for (Event& event : events) event.data += std::string(2'000, 'x');
        ASSERT_TRUE(bus.publish_and_wait("t", std::move(events)));
    }
    std::uintmax_t size() const { return std::filesystem::file_size(folder / "events.sqlite"); }

    std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / ("journal_retention." + std::to_string(::getpid()));
    ports::conformance::Counter counter;
};

TEST_F(Retention, gives_the_disk_back_what_it_removed) {
    auto bus = open(100);
    for (int i = 0; i < 5; ++i) publish(*bus, 2'000);
    bus.reset();
    const auto before = size();
    EXPECT_GT(before, std::uintmax_t{20} << 20);
    bus = open(100);
    ASSERT_GT(bus->retain("t", {.events_max = 50}).value(), 9'000);
    while (bus->retain("t", {.events_max = 50}).value() > 0) {
    }
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(bus->retain("t", {.events_max = 50}));
    bus.reset();
    EXPECT_LT(size(), before / 10);
    auto view = JournalView::open(folder).value();
    EXPECT_TRUE(view.check_file());
    bus = open(100);
    publish(*bus, 10);
    EXPECT_EQ(ports::conformance::drain(*bus->subscribe("t", "g", {}).value())->size(), 210U);
}

TEST_F(Retention, keeps_room_for_what_comes) {
    auto bus = open(1'000'000);
    for (int i = 0; i < 3; ++i) publish(*bus, 2'000);
    ASSERT_GT(bus->retain("t", {.events_max = 50}).value(), 5'000);
    bus.reset();
    const auto before = size();
    bus = open(1'000'000);
    for (int i = 0; i < 2; ++i) publish(*bus, 2'000);
    bus.reset();
    EXPECT_LE(size(), before + before / 20) << "free pages are used again";
}

TEST_F(Retention, by_age_stops_at_the_first_event_that_stays_whatever_the_clock_did) {
    auto bus = open(100);
    std::vector<Event> events = counter.some(6, 1);
    const std::int64_t day = 24 * 3'600 * nanos_per_second, begin = 1'700'000'000 * nanos_per_second;
    for (std::size_t i = 0; i < events.size(); ++i) events[i].time = {begin + static_cast<std::int64_t>(i)};
    events[2].time = {begin + 2 * day};  // the clock was ahead for one event
    ASSERT_TRUE(bus->publish_and_wait("t", events));
    EXPECT_EQ(bus->retain("t", {.newer_than = UnixNanos{begin + day}}).value(), 2) << "what lies behind it is kept with it";
    EXPECT_EQ(bus->retain("t", {.newer_than = UnixNanos{begin + 3 * day}}).value(), 4);
}

}  // namespace
}  // namespace aitrading::engines
