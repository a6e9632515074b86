#include <gtest/gtest.h>

#include <set>

#include "domain/saga/tests/order_saga.hpp"
#include "engines/event_bus/journal/journal.hpp"
#include "engines/sqlite/simulated_disk/simulated_disk.hpp"
#include "kit/events/committing.hpp"
#include "kit/events/saga_runner.hpp"

namespace aitrading::engines {
namespace {

/// How the stand-ins behave in one life of the order.
struct Script {
    std::string refuses;       ///< this command is refused, as often as it comes
    std::string silent;        ///< this command is not answered (its effect is there all the same)
    bool answers_twice = false;
    bool deadlines_early = false;  ///< every deadline passes at once, also those of what is answered
    std::string ends;          ///< what the saga must say at its end
};

const std::map<std::string, std::pair<std::string, std::string>> replies{
    {"ReserveRisk", {"RiskReserved", "RiskRefused"}}, {"ReleaseRisk", {"RiskReleased", "ReleaseRefused"}},
    {"SendOrder", {"OrderSent", "OrderRejected"}},    {"CancelOrder", {"OrderCancelled", "CancelRefused"}},
    {"AwaitFill", {"OrderFilled", "OrderNotFilled"}}, {"BookTrade", {"TradeBooked", "BookingRefused"}}};
const std::vector<std::string> command_topics{"risk.commands", "venue.commands", "booking.commands"};

Event reply_to(const Event& cause, const std::string& type, std::uint8_t number) {
    Event event = cause;
    event.type = type;
    event.source = "/stand-in";
    event.id.bytes[15] = static_cast<std::uint8_t>(event.id.bytes[15] ^ (0x40 + number));  // follows from the cause
    return event;
}

/// The parts of the platform that the saga talks to, each commit of theirs one step: risk, venue, booking and the clock.
class StandIns {
  public:
    StandIns(ports::EventBus& bus, const Script& script) : script_(script) {
        for (const std::string& topic : command_topics) join(bus, topic, "stand-in");
        join(bus, "ops.timers", "clock");
    }
    bool complete() const { return members_.size() == command_topics.size() + 1; }  ///< the power was there
    Result<int> turn() {
        int handled = 0;
        for (auto& member : members_) {
            TRY(const int some, answer(*member, [&](const Event& event, ports::Commit& step) { replies.contains(event.type) ? act(event, step) : pass(event, step); }));
            handled += some;
        }
        return handled;
    }

  private:
    void join(ports::EventBus& bus, const std::string& topic, const std::string& group) {
        if (auto member = bus.subscribe(topic, group, {})) members_.push_back(std::move(*member));
    }
    template <class Act>
    static Result<int> answer(ports::Subscription& member, const Act& act) {
        TRY(const auto some, member.poll({.events_max = 3}));
        if (some.empty()) return 0;
        ports::Commit step{.up_to = kit::last_positions(some)};
        for (const ports::Delivery& d : some) act(d.event, step);
        TRY_VOID(member.commit(step));
        return static_cast<int>(some.size());
    }
    void act(const Event& command, ports::Commit& step) {
        const auto& [done, refused] = replies.at(command.type);
        const bool no = command.type == script_.refuses;
        if (!no) step.state.push_back({command.type, "done"});  // the effect, once however often it is asked for
        if (command.type == script_.silent) return;
        step.produced.push_back({"replies", reply_to(command, no ? refused : done, 1)});
        if (script_.answers_twice) step.produced.push_back({"replies", reply_to(command, no ? refused : done, 2)});
    }
    void pass(const Event& set, ports::Commit& step) {
        if (set.type != "SagaDeadlineSet") return;
        const saga::Deadline deadline = saga::parse_deadline(set.data).value();
        const saga::Step about = saga::order_saga().steps[static_cast<std::size_t>(deadline.step)];
        const std::string& command = deadline.undoing ? about.undo->type : about.ask.type;
        if (script_.deadlines_early || command == script_.silent) step.produced.push_back({"ops.timers", reply_to(set, "SagaDeadlinePassed", 3)});
    }

    Script script_;
    std::vector<std::unique_ptr<ports::Subscription>> members_;
};

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
        for (const char* topic : {"orders.commands", "replies", "risk.commands", "venue.commands", "booking.commands", "ops.timers", "ops.alerts", "orders.events"})
            if (!(*bus)->create_topic(topic, {})) return false;
        Event start;
        start.id = UuidMaker(1).next({1'700'000'000'000'000'000});
        start.time = {1'700'000'000'000'000'000};
        start.type = "ExecuteTrade";
        start.source = "/desk";
        start.subject = "account-7";
        start.data = "o-1";
        if (!(*bus)->publish_and_wait("orders.commands", {start})) return false;  // after a cut: the same id, no effect
        auto runner = kit::SagaRunner::open(**bus, saga::order_saga(), {{"orders.commands", "replies", "ops.timers"}});
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
