#pragma once

#include "domain/saga/saga.hpp"

namespace aitrading::saga {

/// The order saga of the platform with stand-in messages: reserve risk → send → confirm → book. The data of each message are
/// the order's id. What is booked has happened: it is asked again and parked, never undone.
inline Definition order_saga() {
    const auto id = [](const Facts& facts) { return facts.instance; };
    const auto say = [&](const char* topic, const char* type) { return Message{topic, type, id}; };
    Definition saga;
    saga.name = "order";
    saga.start_type = "ExecuteTrade";
    saga.steps = {
        {"reserve risk", say("risk.commands", "ReserveRisk"), "RiskReserved", "RiskRefused", say("risk.commands", "ReleaseRisk"), "RiskReleased", "ReleaseRefused"},
        {"send", say("venue.commands", "SendOrder"), "OrderSent", "OrderRejected", say("venue.commands", "CancelOrder"), "OrderCancelled", "CancelRefused"},
        {"confirm", say("venue.commands", "AwaitFill"), "OrderFilled", "OrderNotFilled", {}, "", ""},
        {"book", say("booking.commands", "BookTrade"), "TradeBooked", "BookingRefused", {}, "", "", true},
    };
    for (Step& step : saga.steps) step.attempts_max = 3;
    saga.instance_of = [](const Event& event) -> std::optional<std::string> {
        if (event.type == "SagaDeadlinePassed") {
            const auto deadline = parse_deadline(event.data);
            return deadline ? std::optional(deadline->instance) : std::nullopt;
        }
        return event.data.empty() ? std::nullopt : std::optional(event.data);
    };
    saga.completed = say("orders.events", "OrderDone");
    saga.undone = say("orders.events", "OrderUndone");
    saga.parked = say("ops.alerts", "OpsAlertRaised");
    return saga;
}

}  // namespace aitrading::saga
