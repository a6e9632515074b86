#include <gtest/gtest.h>

#include "engines/event_bus/journal/journal.hpp"
#include "engines/sqlite/simulated_disk/simulated_disk.hpp"
#include "kit/events/saga_runner.hpp"
#include "kit/events/tests/order_stand_ins.hpp"

namespace aitrading::engines {
namespace {

using kit::Script;
using kit::StandIns;

/// The whole platform of one order on a disk that can be cut at any step.
class Life {
  public:
    Life(std::uint64_t seed, Script script) : disk_(seed), script_(std::move(script)) {}

    /// Runs until nothing moves any more, over at most one cut of the power at that step of the disk (0: none).
    void run(std::int64_t cut_at) {
        for (int start = 0; start < 3; ++start) {
            if (start == 0 && cut_at > 0) disk_.cut_at(cut_at);
            const bool ended = once();
            if (ended) return;
            disk_.restart();
        }
        ADD_FAILURE() << "it does not end";
    }
    std::int64_t steps() const { return disk_.steps(); }
    std::vector<std::string> said(const std::string& topic) {
        std::vector<std::string> types;
        auto bus = open_journal({"j", {}, disk_.file_system(), 16}).value();
        for (int p = 0; p < 4; ++p) {
            const auto some = bus->read(topic, {p, 1}, {}).value();
            for (const auto& d : some) types.push_back(d.event.type);
        }
        return types;
    }
    std::optional<std::string> effect(const std::string& topic, const std::string& command) {
        auto bus = open_journal({"j", {}, disk_.file_system(), 16}).value();
        return bus->subscribe(topic, "stand-in", {}).value()->state(command).value();
    }

  private:
    /// False where the power went.
    bool once() {
        auto bus = open_journal({"j", {}, disk_.file_system(), 16});
        if (!bus) return false;
        if (!kit::place_order(**bus)) return false;
        auto runner = kit::SagaRunner::open(**bus, saga::order_saga(), {kit::saga_sources});
        if (!runner) return false;
        StandIns others(**bus, script_);
        if (!others.complete()) return false;
        for (int idle = 0; idle < 2;) {
            const auto mine = (*runner)->turn(std::chrono::milliseconds(0));
            const auto theirs = mine ? others.turn() : mine;
            if (!mine || !theirs) return false;
            idle = *mine + *theirs > 0 ? 0 : idle + 1;
        }
        return true;
    }

    SimulatedDisk disk_;
    Script script_;
};

void expect_end(Life& life, const Script& script, const std::string& where) {
    const auto said = life.said("orders.events"), alerts = life.said("ops.alerts");
    if (script.ends == "parked") {
        EXPECT_EQ(alerts, std::vector<std::string>{"OpsAlertRaised"}) << where;
        EXPECT_TRUE(said.empty()) << where;
        return;
    }
    EXPECT_EQ(said, std::vector<std::string>{script.ends}) << where;
    EXPECT_TRUE(alerts.empty()) << where;
    const auto done = [&](const char* topic, const char* command) { return life.effect(topic, command).has_value(); };
    if (script.ends == "OrderDone") {
        EXPECT_TRUE(done("booking.commands", "BookTrade")) << where;
        EXPECT_FALSE(done("risk.commands", "ReleaseRisk")) << where;
    } else {
        EXPECT_EQ(done("risk.commands", "ReserveRisk"), done("risk.commands", "ReleaseRisk")) << where << ": what was reserved is released";
        EXPECT_TRUE(!done("venue.commands", "SendOrder") || done("venue.commands", "CancelOrder")) << where;
        EXPECT_FALSE(done("booking.commands", "BookTrade")) << where;
    }
}

const std::vector<Script> scripts{
    {"", "", false, false, "OrderDone"},
    {"", "", true, false, "OrderDone"},
    {"ReserveRisk", "", false, false, "OrderUndone"},
    {"SendOrder", "", true, false, "OrderUndone"},
    {"AwaitFill", "", false, false, "OrderUndone"},
    {"BookTrade", "", false, false, "parked"},
    {"", "SendOrder", false, false, "OrderUndone"},
    {"", "AwaitFill", true, false, "OrderUndone"},
    {"", "ReserveRisk", false, false, "OrderUndone"},
    {"ReleaseRisk", "SendOrder", false, false, "parked"},
};

class OrderSaga : public testing::TestWithParam<std::size_t> {};

TEST_P(OrderSaga, ends_the_same_wherever_the_power_goes) {
    const Script& script = scripts[GetParam()];
    Life whole(1, script);
    whole.run(0);
    expect_end(whole, script, "without a cut");
    // Some of the disk's steps, spread over the life; another seed tears other writes.
    constexpr int cuts = 12;
    for (int i = 1; i <= cuts; ++i) {
        const std::int64_t at = whole.steps() * i / (cuts + 1);
        Life life(static_cast<std::uint64_t>(100 + i), script);
        life.run(at);
        expect_end(life, script, "cut at step " + std::to_string(at));
    }
}

INSTANTIATE_TEST_SUITE_P(Scripts, OrderSaga, testing::Range(std::size_t{0}, scripts.size()));

TEST(OrderSagaTiming, bears_deadlines_that_pass_while_the_answer_is_on_its_way) {
    Life life(7, {"", "", false, true, ""});
    life.run(0);
    const auto said = life.said("orders.events");
    const auto alerts = life.said("ops.alerts");
    EXPECT_EQ(said.size() + alerts.size(), 1U) << "one end, whichever";
}

}  // namespace
}  // namespace aitrading::engines
