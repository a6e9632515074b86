#pragma once

#include <map>
#include <memory>

#include "domain/saga/tests/order_saga.hpp"
#include "kit/events/committing.hpp"
#include "kit/events/saga_messages.hpp"

namespace aitrading::kit {

/// How the stand-ins behave in one life of the order.
struct Script {
    std::string refuses;       ///< this command is refused, as often as it comes
    std::string silent;        ///< this command is not answered (its effect is there all the same)
    bool answers_twice = false;
    bool deadlines_early = false;  ///< every deadline passes at once, also those of what is answered
    std::string ends;          ///< what the saga must say at its end
};

inline const std::map<std::string, std::pair<std::string, std::string>> replies{
    {"ReserveRisk", {"RiskReserved", "RiskRefused"}}, {"ReleaseRisk", {"RiskReleased", "ReleaseRefused"}},
    {"SendOrder", {"OrderSent", "OrderRejected"}},    {"CancelOrder", {"OrderCancelled", "CancelRefused"}},
    {"AwaitFill", {"OrderFilled", "OrderNotFilled"}}, {"BookTrade", {"TradeBooked", "BookingRefused"}}};
inline const std::vector<std::string> saga_sources{"orders.commands", "replies", "ops.timers"};
inline const std::vector<std::string> command_topics{"risk.commands", "venue.commands", "booking.commands"};

inline Event reply_to(const Event& cause, const std::string& type, std::uint8_t number) {
    Event event = cause;
    event.type = type;
    event.source = "/stand-in";
    event.id.bytes[15] = static_cast<std::uint8_t>(event.id.bytes[15] ^ (0x40 + number));  // follows from the cause
    return event;
}

/// The parts of the platform that the saga talks to, each commit of theirs one step: risk, venue, booking and the clock.
class StandIns {
  public:
    StandIns() = default;
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
        ports::Commit step{.up_to = last_positions(some)};
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
        const saga::Deadline deadline = read_deadline(set).value();
        const saga::Step about = saga::order_saga().steps[static_cast<std::size_t>(deadline.step)];
        const std::string& command = deadline.undoing ? about.undo->type : about.ask.type;
        if (script_.deadlines_early || command == script_.silent) step.produced.push_back({"ops.timers", reply_to(set, "SagaDeadlinePassed", 3)});
    }

    Script script_;
    std::vector<std::unique_ptr<ports::Subscription>> members_;
};

/// The topics, and one order on its way. Again: no effect, it is the same event. @errors as EventBus
inline Result<void> place_order(ports::EventBus& bus) {
    for (const char* topic : {"orders.commands", "replies", "risk.commands", "venue.commands", "booking.commands", "ops.timers", "ops.alerts", "orders.events"})
        TRY_VOID(bus.create_topic(topic, {}));
    Event start;
    start.id = UuidMaker(1).next({1'700'000'000'000'000'000});
    start.time = {1'700'000'000'000'000'000};
    start.type = "ExecuteTrade";
    start.source = "/desk";
    start.subject = "account-7";
    start.data = "o-1";
    TRY([[maybe_unused]] const auto receipts, bus.publish_and_wait("orders.commands", {start}));
    return {};
}

}  // namespace aitrading::kit
