#include "domain/saga/saga.hpp"

#include <gtest/gtest.h>

#include <set>

#include "domain/saga/tests/order_saga.hpp"

namespace aitrading::saga {
namespace {

/// One order and what became of it.
class Order {
  public:
    /// Says something to the saga; the types of its answers, deadlines left out.
    std::vector<std::string> hear(const std::string& type, std::string data = "o-1") {
        Event event;
        event.time = {clock_ += nanos_per_second};
        event.id = ids_.next(event.time);
        event.type = type;
        event.source = "/stand-in";
        event.subject = "account-7";
        event.data = std::move(data);
        last_ = event;
        return take(advance(saga, state, event));
    }
    std::vector<std::string> again() { return take(advance(saga, state, last_)); }
    /// The deadline that was set last passes.
    std::vector<std::string> pass() { return hear("SagaDeadlinePassed", deadline_text(deadlines.back())); }
    std::string phase() const { return state ? std::string(name(state->phase)) : "none"; }

    Definition saga = order_saga();
    std::optional<State> state;
    std::vector<Deadline> deadlines;
    std::set<Uuid> said;

  private:
    std::vector<std::string> take(Outcome outcome) {
        std::vector<std::string> types;
        for (const Output& output : outcome.outputs) {
            EXPECT_TRUE(check_event(output.event)) << output.event.type;
            EXPECT_EQ(output.event.subject, "account-7");
            EXPECT_EQ(output.event.id.version(), 7);
            EXPECT_TRUE(said.insert(output.event.id).second) << "an id twice";
            if (output.event.type == "SagaDeadlineSet") deadlines.push_back(parse_deadline(output.event.data).value());
            else types.push_back(output.event.type);
        }
        if (outcome.state) state = std::move(outcome.state);
        else EXPECT_TRUE(outcome.outputs.empty());
        return types;
    }
    UuidMaker ids_{5};
    std::int64_t clock_ = 1'700'000'000 * nanos_per_second;
    Event last_;
};

using Types = std::vector<std::string>;

TEST(Saga, goes_through_its_steps_and_ends) {
    Order order;
    EXPECT_EQ(order.hear("ExecuteTrade"), Types{"ReserveRisk"});
    EXPECT_EQ(order.hear("RiskReserved"), Types{"SendOrder"});
    EXPECT_EQ(order.hear("OrderSent"), Types{"AwaitFill"});
    EXPECT_EQ(order.hear("OrderFilled"), Types{"BookTrade"});
    EXPECT_EQ(order.hear("TradeBooked"), Types{"OrderDone"});
    EXPECT_EQ(order.phase(), "completed");
    EXPECT_EQ(order.deadlines.size(), 4U);
    EXPECT_EQ(order.deadlines[0].due.value - order.state->facts.start.time.value, 30 * nanos_per_second);
}

TEST(Saga, undoes_what_was_done_before_a_refusal_and_only_that) {
    Order first;
    first.hear("ExecuteTrade");
    EXPECT_EQ(first.hear("RiskRefused"), Types{"OrderUndone"}) << "nothing was done";
    Order second;
    for (const char* type : {"ExecuteTrade", "RiskReserved"}) second.hear(type);
    EXPECT_EQ(second.hear("OrderRejected"), Types{"ReleaseRisk"});
    EXPECT_EQ(second.hear("RiskReleased"), Types{"OrderUndone"});
    Order third;
    for (const char* type : {"ExecuteTrade", "RiskReserved", "OrderSent"}) third.hear(type);
    EXPECT_EQ(third.hear("OrderNotFilled"), Types{"CancelOrder"});
    EXPECT_EQ(third.hear("OrderCancelled"), Types{"ReleaseRisk"});
    EXPECT_EQ(third.hear("RiskReleased"), Types{"OrderUndone"});
    EXPECT_EQ(third.phase(), "undone");
    EXPECT_EQ(third.state->reason, "confirm was refused");
}

TEST(Saga, asks_again_when_a_deadline_passes_and_undoes_what_it_does_not_know) {
    Order order;
    order.hear("ExecuteTrade");
    order.hear("RiskReserved");
    EXPECT_EQ(order.pass(), Types{"SendOrder"});
    EXPECT_EQ(order.again(), Types{}) << "the same deadline twice";
    EXPECT_EQ(order.pass(), Types{"SendOrder"});
    EXPECT_EQ(order.pass(), Types{"CancelOrder"}) << "whether it was sent nobody knows: it is cancelled";
    EXPECT_EQ(order.hear("OrderSent"), Types{}) << "too late";
    EXPECT_EQ(order.hear("OrderCancelled"), Types{"ReleaseRisk"});
    EXPECT_EQ(order.hear("RiskReleased"), Types{"OrderUndone"});
}

TEST(Saga, ignores_deadlines_of_what_is_over) {
    Order order;
    order.hear("ExecuteTrade");
    const std::string old = deadline_text(order.deadlines.back());
    order.hear("RiskReserved");
    EXPECT_EQ(order.hear("SagaDeadlinePassed", old), Types{});
    EXPECT_EQ(order.state->step, 1);
    EXPECT_EQ(order.state->attempt, 1);
}

TEST(Saga, parks_a_compensation_that_fails_and_goes_on_when_told_to) {
    Order order;
    for (const char* type : {"ExecuteTrade", "RiskReserved", "OrderRejected"}) order.hear(type);
    EXPECT_EQ(order.hear("ReleaseRefused"), Types{"ReleaseRisk"});
    EXPECT_EQ(order.pass(), Types{"ReleaseRisk"});
    EXPECT_EQ(order.hear("ReleaseRefused"), Types{"OpsAlertRaised"});
    EXPECT_EQ(order.phase(), "parked");
    EXPECT_EQ(order.state->reason, "reserve risk cannot be undone: its undoing was refused");
    EXPECT_EQ(order.hear("RiskReleased"), Types{}) << "a person looks at it now";
    EXPECT_EQ(order.hear("SagaResumed"), Types{"ReleaseRisk"});
    EXPECT_EQ(order.hear("RiskReleased"), Types{"OrderUndone"});
    EXPECT_EQ(order.hear("SagaResumed"), Types{}) << "it is over";
}

TEST(Saga, never_undoes_what_has_happened) {
    Order order;
    for (const char* type : {"ExecuteTrade", "RiskReserved", "OrderSent", "OrderFilled"}) order.hear(type);
    EXPECT_EQ(order.hear("BookingRefused"), Types{"BookTrade"});
    EXPECT_EQ(order.pass(), Types{"BookTrade"});
    EXPECT_EQ(order.hear("BookingRefused"), Types{"OpsAlertRaised"});
    EXPECT_EQ(order.state->reason, "book must succeed and does not: book was refused");
    EXPECT_EQ(order.hear("SagaResumed"), Types{"BookTrade"});
    EXPECT_EQ(order.hear("TradeBooked"), Types{"OrderDone"});
}

TEST(Saga, takes_every_event_once) {
    Order order;
    for (const char* type : {"ExecuteTrade", "RiskReserved", "OrderSent", "OrderFilled", "TradeBooked"}) {
        EXPECT_FALSE(order.hear(type).empty());
        const std::optional<State> before = order.state;
        EXPECT_EQ(order.again(), Types{}) << type;
        EXPECT_EQ(order.hear(type), Types{}) << "a reply that is sent twice, " << type;
        EXPECT_EQ(order.state, before);
    }
}

TEST(Saga, keeps_its_promises_whatever_comes_in_whatever_order) {
    SplitMix64 random(9);
    std::vector<std::string> types = heard_types(order_saga());
    for (int life = 0; life < 3'000; ++life) {
        Order order;
        std::multiset<std::string> said;
        for (int i = 0; i < 60; ++i) {
            const bool time = !order.deadlines.empty() && random.next() % 4 == 0;
            for (const std::string& type : time ? order.pass() : order.hear(types[random.next() % types.size()])) said.insert(type);
            ASSERT_EQ(unpack(pack(order.state.value_or(State{}))).value(), order.state.value_or(State{}));
        }
        EXPECT_LE(said.count("OrderDone") + said.count("OrderUndone"), 1U) << "one end";
        if (said.contains("BookTrade")) {
            EXPECT_FALSE(said.contains("OrderUndone")) << "what was filled is not undone";
        }
        if (said.contains("CancelOrder")) {
            EXPECT_TRUE(said.contains("SendOrder")) << "only what was asked for is undone";
        }
        if (said.contains("OrderUndone") && said.contains("SendOrder")) {
            EXPECT_TRUE(said.contains("ReleaseRisk"));
        }
    }
}

TEST(Saga, refuses_definitions_that_cannot_work) {
    EXPECT_TRUE(check_definition(order_saga()));
    Definition saga = order_saga();
    saga.steps[1].done = "RiskReserved";
    EXPECT_EQ(check_definition(saga).error().code, ErrorCode::usage);
    saga = order_saga();
    saga.steps[0].attempts_max = 0;
    EXPECT_EQ(check_definition(saga).error().code, ErrorCode::usage);
    saga = order_saga();
    saga.steps.clear();
    EXPECT_EQ(check_definition(saga).error().code, ErrorCode::usage);
}

TEST(Saga, says_what_is_wrong_with_stored_bytes) {
    EXPECT_EQ(unpack("nothing").error().code, ErrorCode::bad_input);
    std::string bytes = pack(State{});
    bytes[7] = static_cast<char>(bytes[7] ^ 1);
    EXPECT_EQ(unpack(bytes).error().code, ErrorCode::bad_input);
    for (const char* text : {"", "a\nb", "a\nb\n1\nask\n1\nnever", "a\nb\nx\nask\n1\n2026-01-01T00:00:00Z", "a\nb\n1\nwait\n1\n2026-01-01T00:00:00Z"})
        EXPECT_FALSE(parse_deadline(text)) << text;
}

}  // namespace
}  // namespace aitrading::saga
