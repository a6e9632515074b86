#pragma once

#include <optional>
#include <string>

#include "base/uuid.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::v1 {
class EventEnvelope;
class StoredEvent;
}  // namespace aitrading::v1

namespace aitrading::serving {

/// An event as the contracts have it in replies. @param as_json the data as JSON where a contract knows the type
void fill(v1::StoredEvent& out, const ports::Delivery& delivery, bool as_json);

/// What an outsider's event is completed with.
struct Outsider {
    std::string tenant;
    TraceContext trace;  ///< of the request
    UnixNanos now;
    Uuid fresh_id;       ///< where it brings none
};

/// Whether events of this topic may come from outside at all, and which: commands, and what the contracts hand from one system to
/// another. What happened in our own business is said by the service in which it happened, so domain events never come this way;
/// `ops.load.appended`, the made-up events of `journal load`, may. @errors gate_refused
Result<void> check_outsider_type(const std::string& topic, const std::string& type);

/// An event as it comes from outside: of the caller's own tenant, with a source below `/outside/TENANT`, checked against its contract
/// (fields that this build does not know are left out). @errors bad_input, gate_refused (another tenant's)
Result<Event> outside_event(const v1::EventEnvelope& envelope, const std::string& topic, const Outsider& who);

}  // namespace aitrading::serving
