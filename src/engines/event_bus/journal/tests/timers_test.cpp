#include "kit/events/timers.hpp"

#include <gtest/gtest.h>

#include "engines/event_bus/journal/journal.hpp"
#include "engines/sqlite/simulated_disk/simulated_disk.hpp"
#include "kit/events/saga_messages.hpp"
#include "ports/event_bus/conformance/ground.hpp"

namespace aitrading::engines {
namespace {

constexpr std::int64_t begin = 1'700'000'000 * nanos_per_second;
constexpr std::chrono::milliseconds no_wait{0};

/// A bus on a disk that can be cut, and clocks that go when they are told to.
class TimersOfTheJournal : public testing::Test {
  protected:
    TimersOfTheJournal() { open(); }
    void open() {
        bus = open_journal({"j", {}, disk.file_system(), 16}).value();
        timers = std::make_unique<kit::Timers>(*bus, kit::Timers::Clock{[this] { return UnixNanos{wall}; }, [this] { return steady; }});
        ASSERT_TRUE(bus->create_topic("ops.timers", {}));
    }
    void cut() {
        disk.cut_at(1);
        timers.reset();
        bus.reset();
        disk.restart();
        open();
    }
    void pass(std::int64_t seconds) {
        wall += seconds * nanos_per_second;
        steady += std::chrono::seconds(seconds);
    }
    Event set(int number, std::int64_t seconds) {
        Event said;
        said.id = ids.next({wall});
        said.type = "SagaDeadlineSet";
        said.source = "/sagas/order";
        said.subject = "account-" + std::to_string(number % 3);
        said.tenant = "acme";
        said.time = {wall};
        said.trace = kit_trace();
        said.data = saga::deadline_text({"order", "o-" + std::to_string(number), number % 4, false, 1, {wall + seconds * nanos_per_second}});
        const Event out = kit::from_saga(said).value();
        EXPECT_TRUE(bus->publish_and_wait("ops.timers", {out}));
        return out;
    }
    static TraceContext kit_trace() {
        TraceContext trace;
        trace.trace[0] = trace.parent[0] = 7;
        return trace;
    }
    int turn() {
        int sent = 0;
        for (int i = 0; i < 4; ++i) sent += timers->turn(no_wait).value();
        return sent;
    }
    std::vector<Event> passed() {
        std::vector<Event> out;
        const auto all = ports::conformance::all_of(*bus, "ops.timers").value();
        for (const auto& d : all)
            if (d.event.type == "SagaDeadlinePassed") out.push_back(d.event);
        return out;
    }

    SimulatedDisk disk{5};
    std::int64_t wall = begin;
    SteadyTime steady{};
    UuidMaker ids{3};
    std::unique_ptr<ports::EventBus> bus;
    std::unique_ptr<kit::Timers> timers;
};

TEST_F(TimersOfTheJournal, send_a_deadline_back_when_it_is_due_and_once) {
    const Event cause = set(1, 30);
    EXPECT_EQ(turn(), 0);
    EXPECT_EQ(timers->waiting(), 1);
    pass(29);
    EXPECT_EQ(turn(), 0);
    pass(1);
    EXPECT_EQ(turn(), 1);
    EXPECT_EQ(turn(), 0);
    EXPECT_EQ(timers->waiting(), 0);
    ASSERT_EQ(passed().size(), 1U);
    const Event back = passed()[0];
    EXPECT_EQ(back.subject, cause.subject);
    EXPECT_EQ(back.tenant, "acme");
    EXPECT_EQ(back.time.value, wall);
    EXPECT_EQ(back.trace->trace, cause.trace->trace);
    EXPECT_EQ(kit::read_deadline(back).value(), kit::read_deadline(cause).value());
    EXPECT_EQ(kit::for_saga(back).data, saga::deadline_text(kit::read_deadline(cause).value()));
}

TEST_F(TimersOfTheJournal, forget_nothing_when_the_power_goes) {
    for (int i = 0; i < 200; ++i) set(i, 10 + i);
    EXPECT_EQ(turn(), 0);
    cut();
    EXPECT_EQ(turn(), 0);
    EXPECT_EQ(timers->waiting(), 200);
    pass(109);  // a hundred are due
    EXPECT_EQ(turn(), 100);
    cut();
    EXPECT_EQ(turn(), 0);
    EXPECT_EQ(timers->waiting(), 100);
    pass(200);
    EXPECT_EQ(turn(), 100);
    cut();
    EXPECT_EQ(turn(), 0);
    std::set<std::string> instances;
    for (const Event& event : passed()) instances.insert(kit::read_deadline(event)->instance);
    EXPECT_EQ(passed().size(), 200U) << "each once";
    EXPECT_EQ(instances.size(), 200U);
}

TEST_F(TimersOfTheJournal, are_kept_by_one_process_alone) {
    set(1, 30);
    EXPECT_EQ(turn(), 0);
    kit::Timers::Clock clock{[this] { return UnixNanos{wall}; }, [this] { return steady; }};
    auto other = std::make_unique<kit::Timers>(*bus, clock);
    ASSERT_FALSE(other->turn(no_wait));
    set(2, 30);
    pass(40);
    for (int i = 0; i < 4; ++i) {
        const auto here = timers->turn(no_wait), there = other->turn(no_wait);
        ASSERT_FALSE(here);
        ASSERT_FALSE(there);
        EXPECT_NE(there.error().text.find("another process sends the deadlines"), std::string::npos);
    }
    EXPECT_TRUE(passed().empty());
    timers.reset();
    int sent = 0;
    for (int i = 0; i < 6; ++i) sent += other->turn(no_wait).value();
    EXPECT_EQ(sent, 2) << "the one that is left goes on with all of them";
    EXPECT_EQ(passed().size(), 2U);
}

TEST_F(TimersOfTheJournal, keep_to_the_steady_clock_when_the_wall_clock_steps) {
    set(1, 60);
    EXPECT_EQ(turn(), 0);
    wall += 24 * 3600 * nanos_per_second;
    EXPECT_EQ(turn(), 0) << "a step forward makes nothing due";
    wall -= 48 * 3600 * nanos_per_second;
    pass(60);
    EXPECT_EQ(turn(), 1) << "nor does one back keep it";
    EXPECT_EQ(passed()[0].time.value, wall);
}

TEST_F(TimersOfTheJournal, pass_over_what_is_no_deadline) {
    Event event = set(1, 1);
    event.id = ids.next({wall});
    event.data = "no message";
    ASSERT_TRUE(bus->publish_and_wait("ops.timers", {event}));
    pass(2);
    EXPECT_EQ(turn(), 1);
    EXPECT_EQ(timers->refused(), 1);
}

TEST_F(TimersOfTheJournal, wherever_the_power_goes_each_deadline_comes_back_once) {
    for (std::int64_t at = 1; at <= 60; at += 3) {
        SimulatedDisk own(static_cast<std::uint64_t>(at));
        std::int64_t time = begin;
        UuidMaker makes(static_cast<std::uint64_t>(at));
        bool cut = true;
        for (int life = 0; life < 3; ++life) {
            if (life == 0) own.cut_at(40 + at * 2);
            auto journal = open_journal({"j", {}, own.file_system(), 16});
            const bool there = journal && (*journal)->create_topic("ops.timers", {});
            if (there) {
                std::vector<Event> events;
                UuidMaker same(9);
                for (int i = 0; i < 20; ++i) {
                    Event said;
                    said.id = same.next({begin});
                    said.type = "SagaDeadlineSet";
                    said.source = "/test";
                    said.subject = "s" + std::to_string(i % 4);
                    said.time = {begin};
                    said.data = saga::deadline_text({"order", "o-" + std::to_string(i), 0, false, 1, {begin + nanos_per_second}});
                    events.push_back(kit::from_saga(said).value());
                }
                cut = !(*journal)->publish_and_wait("ops.timers", events).has_value();
                kit::Timers clock(**journal, {[&] { return UnixNanos{time}; }, [&] { return SteadyTime(std::chrono::nanoseconds(time)); }});
                for (int i = 0; i < 12 && !cut; ++i) {
                    time += nanos_per_second / 5;
                    cut = !clock.turn(no_wait).has_value();
                }
            }
            journal = fail(ErrorCode::failed, "closed");
            own.restart();
        }
        EXPECT_FALSE(cut);
        const auto last = open_journal({"j", {}, own.file_system(), 16}).value();
        std::multiset<std::string> instances;
        const auto all = ports::conformance::all_of(*last, "ops.timers").value();
        for (const auto& d : all)
            if (d.event.type == "SagaDeadlinePassed") instances.insert(kit::read_deadline(d.event)->instance);
        EXPECT_EQ(instances.size(), 20U) << "cut at " << at;
        EXPECT_EQ(std::set<std::string>(instances.begin(), instances.end()).size(), 20U) << "cut at " << at;
    }
}

}  // namespace
}  // namespace aitrading::engines
