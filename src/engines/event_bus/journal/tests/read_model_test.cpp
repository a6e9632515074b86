#include <gtest/gtest.h>

#include "engines/event_bus/journal/journal.hpp"
#include "engines/sqlite/simulated_disk/simulated_disk.hpp"
#include "kit/events/overview.hpp"
#include "ports/event_bus/conformance/ground.hpp"

namespace aitrading::engines {
namespace {

using kit::Overview;

const kit::ReadModelPlace place{"t", "overview", 40};

class OverviewOfTheJournal : public testing::Test {
  protected:
    void open() {
        bus.reset();
        bus = open_journal({"j", {}, disk.file_system(), 16}).value();
        ASSERT_TRUE(bus->create_topic("t", {}));
    }
    void cut() {
        disk.cut_at(1);
        bus.reset();
        disk.restart();
        open();
    }
    void publish(int count) { ASSERT_TRUE(bus->publish_and_wait("t", counter.some(count))); }

    SimulatedDisk disk{3};
    std::unique_ptr<ports::EventBus> bus;
    ports::conformance::Counter counter;
};

TEST_F(OverviewOfTheJournal, counts_each_event_once_over_restarts_and_rebuilds) {
    open();
    Overview model;
    std::int64_t published = 0;
    for (int round = 0; round < 5; ++round) {
        publish(100);
        published += 100;
        const auto run = kit::catch_up(*bus, model, place);
        ASSERT_TRUE(run) << run.error().text;
        EXPECT_EQ(run->restored, round > 0);
        EXPECT_EQ(model.types().at("ops.load_appended").events, published);
        EXPECT_EQ(model.subjects().size(), 5U);
        EXPECT_TRUE(ports::caught_up(*bus, "t", "overview").value());
        cut();
    }
    const auto rows = model.rows();
    Overview anew;
    const auto run = kit::rebuild(*bus, anew, place);
    ASSERT_TRUE(run) << run.error().text;
    EXPECT_EQ(run->events, published);
    EXPECT_EQ(anew.rows(), rows);
}

TEST_F(OverviewOfTheJournal, goes_on_from_a_snapshot_that_lies_before_what_is_committed) {
    open();
    publish(90);
    {
        auto member = bus->subscribe("t", "overview", {}).value();
        Overview model;
        auto some = member->poll({.events_max = 30}).value();
        for (const auto& d : some) model.apply(d);
        ASSERT_TRUE(member->commit({.up_to = ports::conformance::last_of(some), .snapshot = model.snapshot()}));
        some = member->poll({.events_max = 30}).value();
        ASSERT_TRUE(member->commit({.up_to = ports::conformance::last_of(some)}));
    }
    cut();
    Overview model, anew;
    ASSERT_TRUE(kit::catch_up(*bus, model, place));
    EXPECT_EQ(model.types().at("ops.load_appended").events, 90);
    ASSERT_TRUE(kit::rebuild(*bus, anew, place));
    EXPECT_EQ(anew.rows(), model.rows());
}

TEST_F(OverviewOfTheJournal, a_rebuild_that_is_stopped_is_finished_by_the_next_run) {
    open();
    publish(200);
    Overview model;
    ASSERT_TRUE(kit::catch_up(*bus, model, place));
    int batches = 0;
    const auto stopped = kit::rebuild(*bus, model, place, [&] { return ++batches > 1; });
    ASSERT_TRUE(stopped);
    EXPECT_FALSE(stopped->complete);
    cut();
    Overview rest;
    ASSERT_TRUE(kit::catch_up(*bus, rest, place));
    EXPECT_EQ(rest.types().at("ops.load_appended").events, 200);
}

TEST_F(OverviewOfTheJournal, the_check_finds_what_differs) {
    open();
    publish(50);
    Overview model, stored, fresh;
    EXPECT_EQ(kit::check_read_model(*bus, stored, fresh, place).error().code, ErrorCode::not_found) << "never built";
    ASSERT_TRUE(kit::catch_up(*bus, model, place));
    auto found = kit::check_read_model(*bus, stored, fresh, place);
    ASSERT_TRUE(found) << found.error().text;
    EXPECT_TRUE(found->lines.empty());
    EXPECT_EQ(found->events, 50);
    publish(5);
    EXPECT_EQ(kit::check_read_model(*bus, stored, fresh, place)->behind, 5);
    // A model that counted an event twice, and one that saw a subject nobody wrote about.
    auto twice = bus->read("t", {partition_of("s0", 4), 1}, {.events_max = 1}).value().front();
    model.apply(twice);
    twice.event.subject = "ghost";
    model.apply(twice);
    {
        auto member = bus->subscribe("t", "overview", {}).value();
        ASSERT_TRUE(member->poll({.events_max = 1}));
        ASSERT_TRUE(member->commit({.snapshot = model.snapshot()}));
    }
    found = kit::check_read_model(*bus, stored, fresh, place);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->lines.size(), 3U);
    EXPECT_EQ(found->lines[0].key, "subject ghost");
    EXPECT_EQ(found->lines[0].journal, "");
    EXPECT_EQ(found->lines[1].key, "subject s0");
    EXPECT_EQ(found->lines[2].key, "type ops.load_appended");
    ASSERT_TRUE(kit::rebuild(*bus, model, place));
    EXPECT_TRUE(kit::check_read_model(*bus, stored, fresh, place)->lines.empty()) << "a rebuild mends it";
}

TEST_F(OverviewOfTheJournal, the_check_says_when_the_journal_no_longer_holds_what_the_model_has_seen) {
    open();
    publish(50);
    Overview model, stored, fresh;
    ASSERT_TRUE(kit::catch_up(*bus, model, place));
    ASSERT_GT(bus->retain("t", {.events_max = 5}).value(), 0);
    EXPECT_FALSE(kit::check_read_model(*bus, stored, fresh, place)->comparable);
}

}  // namespace
}  // namespace aitrading::engines
