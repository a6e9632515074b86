#pragma once

#include <memory>

#include "kit/lifecycle/service.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::logs {

/// The service `log-service`: every record that this process writes goes to the topic `logs.records`, and the last 20,000 can be
/// asked for or followed (`LogService` of the contracts: `GET /v1/logs?service=&level=&trace=&limit=`, `GET /v1/logs/events`, gRPC). Everyone
/// sees the records of their own tenant alone. @pre bus and ground outlive it
std::unique_ptr<kit::Service> make_log_service(const kit::ServiceGround& ground, ports::EventBus& bus);

}  // namespace aitrading::logs
