#include "kit/events/standing_check.hpp"

#include <gmock/gmock.h>

#include "engines/event_bus/journal/journal.hpp"
#include "engines/sqlite/simulated_disk/simulated_disk.hpp"
#include "kit/events/overview.hpp"
#include "ports/event_bus/conformance/ground.hpp"

namespace aitrading::engines {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A platform of one topic on a simulated disk, with a standing check that is turned by hand.
class StandingCheckOfTheJournal : public testing::Test {
  protected:
    StandingCheckOfTheJournal() { open(); }
    void open() {
        bus = open_journal({"j", {}, disk.file_system(), 16}).value();
        ASSERT_TRUE(bus->create_topic("t", {}));
        check = std::make_unique<kit::StandingCheck>(*bus, telemetry, kit::StandingCheckOptions{.service = "database-service", .events_at_once = 50, .snapshot_every = 100, .seed = ++seed},
                                                     [this] { return UnixNanos{++time}; });
    }
    void restart() {
        check.reset();
        bus.reset();
        open();
    }
    void publish(int count) { ASSERT_TRUE(bus->publish_and_wait("t", counter.some(count))); }
    /// Until nothing is left to do; how many turns that took.
    int work() {
        int turns = 1;
        for (; turns < 1'000; ++turns) {
            const auto more = check->turn();
            EXPECT_TRUE(more) << more.error().text;
            if (!more || !*more) break;
        }
        return turns;
    }
    int check_now(bool whole = false) {
        check->ask(whole);
        return work();
    }
    kit::CheckFound of(const std::string& topic) {
        for (const auto& one : check->found())
            if (one.topic == topic) return one.last;
        return {};
    }
    std::vector<std::string> alerts() {
        std::vector<std::pair<UnixNanos, std::string>> all;
        const auto held = ports::conformance::all_of(*bus, "ops.alerts").value();
        all.reserve(held.size());
        for (const auto& d : held) all.emplace_back(d.event.time, d.event.type);
        std::ranges::sort(all);
        std::vector<std::string> out;
        out.reserve(all.size());
        for (const auto& [when, type] : all) out.push_back(type);
        return out;
    }
    /// Somebody puts another snapshot in the place of the stored one.
    void plant(const std::string& topic, const std::function<void(kit::Overview&)>& change) {
        check.reset();
        {
            const auto member = bus->subscribe(topic, "overview", {}).value();
            ASSERT_TRUE(member->poll({.events_max = 1}));
            kit::Overview model;
            ASSERT_TRUE(model.restore(member->snapshot().value()->bytes));
            change(model);
            ASSERT_TRUE(member->commit({.snapshot = model.snapshot()}));
        }
        restart();
    }

    SimulatedDisk disk{11};
    std::unique_ptr<kit::Log> log = kit::Log::open({}).value();
    kit::Metrics metrics;
    kit::Tracer tracer{{}, {}};
    kit::Telemetry telemetry{*log, metrics, tracer};
    std::uint64_t seed = 0;
    std::int64_t time = 1'700'000'000 * nanos_per_second;
    std::unique_ptr<ports::EventBus> bus;
    std::unique_ptr<kit::StandingCheck> check;
    ports::conformance::Counter counter;
};

TEST_F(StandingCheckOfTheJournal, finds_no_difference_where_there_is_none) {
    publish(330);
    work();
    EXPECT_EQ(of("t").differences(), 0);
    EXPECT_EQ(of("t").compared, 330);
    EXPECT_EQ(of("t").unread, 0);
    EXPECT_TRUE(of("t").from_start);
    EXPECT_GT(of("t").checked.value, 0);
    EXPECT_EQ(check->shortfall(), "");
    EXPECT_TRUE(alerts().empty());
    EXPECT_TRUE(ports::caught_up(*bus, "t", "overview").value()) << "the model is kept";
    publish(20);
    check_now();
    EXPECT_EQ(of("t").compared, 350);
    EXPECT_THAT(metrics.text(), HasSubstr("read_model_differences"));
}

TEST_F(StandingCheckOfTheJournal, reads_what_is_new_alone_also_after_a_restart) {
    publish(1'000);
    EXPECT_GE(work(), 20) << "fifty events a turn";
    EXPECT_LE(check_now(), 3) << "nothing is new";
    publish(40);
    EXPECT_LE(check_now(), 5);
    EXPECT_EQ(of("t").compared, 1'040);
    restart();
    ASSERT_TRUE(check->turn());
    ASSERT_TRUE(check->turn());
    EXPECT_EQ(of("t").compared, 1'040) << "the witness was kept";
    EXPECT_EQ(of("t").differences(), 0);
    EXPECT_GE(work(), 10) << "meanwhile another one reads from the first event on";
    EXPECT_EQ(of("t").compared, 1'040);
    EXPECT_EQ(of("t").unread, 0);
}

TEST_F(StandingCheckOfTheJournal, tells_a_planted_difference_once_and_when_it_is_over) {
    publish(100);
    work();
    plant("t", [&](kit::Overview& model) { model.apply(bus->read("t", {partition_of("s0", 4), 1}, {.events_max = 1}).value().front()); });
    work();
    EXPECT_EQ(of("t").different, 2) << "a subject and its type";
    EXPECT_THAT(check->shortfall(), HasSubstr("differs from the journal in 2 lines: subject s0"));
    EXPECT_THAT(alerts(), ElementsAre("ReadModelDiverged", "OpsAlertRaised"));
    publish(10);
    check_now();
    EXPECT_EQ(of("t").different, 2) << "what is stored stays as it was";
    EXPECT_EQ(alerts().size(), 2U) << "told once";
    restart();
    work();
    EXPECT_THAT(alerts(), ElementsAre("ReadModelDiverged", "OpsAlertRaised", "ReadModelDiverged")) << "seen again, and raised already";
    check.reset();
    kit::Overview anew;
    ASSERT_TRUE(kit::rebuild(*bus, anew, {"t", "overview"}));
    restart();
    work();
    EXPECT_EQ(check->shortfall(), "");
    EXPECT_EQ(alerts().back(), "OpsAlertCleared");
}

TEST_F(StandingCheckOfTheJournal, finds_a_line_too_much_and_a_snapshot_that_cannot_be_read) {
    publish(60);
    work();
    plant("t", [&](kit::Overview& model) {
        auto ghost = bus->read("t", {partition_of("s0", 4), 1}, {.events_max = 1}).value().front();
        ghost.event.subject = ghost.event.type = "ghost";
        model.apply(ghost);
    });
    work();
    EXPECT_EQ(of("t").surplus, 2);
    EXPECT_EQ(of("t").missing, 0);
}

TEST_F(StandingCheckOfTheJournal, goes_on_where_retention_has_taken_the_beginning) {
    publish(200);
    work();
    ASSERT_GT(bus->retain("t", {.events_max = 5}).value(), 0);
    publish(30);
    check_now();
    EXPECT_EQ(of("t").compared, 230) << "its own view reaches back further than the journal";
    EXPECT_EQ(check->shortfall(), "");
    check.reset();
    kit::Overview anew;
    ASSERT_TRUE(kit::rebuild(*bus, anew, {"t", "overview"}));
    restart();
    work();
    EXPECT_FALSE(of("t").from_start) << "now nobody knows what was there before";
    EXPECT_EQ(check->shortfall(), "");
    publish(30);
    check_now();
    EXPECT_EQ(of("t").differences(), 0);
}

TEST_F(StandingCheckOfTheJournal, is_made_by_one_process_alone) {
    publish(200);
    work();
    auto other = std::make_unique<kit::StandingCheck>(*bus, telemetry, kit::StandingCheckOptions{.service = "other", .events_at_once = 50, .snapshot_every = 100, .seed = 99},
                                                      [this] { return UnixNanos{++time}; });
    const auto both = [&] {
        for (int i = 0; i < 20; ++i) {
            ASSERT_TRUE(check->turn());
            ASSERT_TRUE(other->turn());
        }
    };
    both();
    publish(300);
    both();
    EXPECT_THAT(check->shortfall(), HasSubstr("another process keeps the read model"));
    EXPECT_THAT(other->shortfall(), HasSubstr("another process keeps the read model"));
    other.reset();
    work();
    check_now(true);
    EXPECT_EQ(check->shortfall(), "");
    EXPECT_EQ(of("t").differences(), 0);
    EXPECT_EQ(of("t").compared, 500);
    EXPECT_TRUE(alerts().empty()) << "half a model is not told as a difference";
}

TEST_F(StandingCheckOfTheJournal, says_when_the_bus_has_stopped) {
    publish(60);
    work();
    disk.fill_at(disk.steps() + 1);
    EXPECT_FALSE(bus->publish_and_wait("t", counter.some(1)));
    EXPECT_FALSE(check->turn());
}

}  // namespace
}  // namespace aitrading::engines
