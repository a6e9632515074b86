#pragma once

#include <atomic>

#include "kit/http/server.hpp"
#include "kit/http/session.hpp"

namespace aitrading::kit {

/// What all connections of one server share.
struct ServerSide {
    ServerSide(const HttpServerOptions& given, Router routes, const Telemetry& report, std::shared_ptr<Gate> door)
        : options(given), router(std::move(routes)), telemetry(report), gate(std::move(door)), sessions(given.connections_max) {}

    HttpServerOptions options;
    Router router;
    Telemetry telemetry;
    std::shared_ptr<Gate> gate;
    SessionBook sessions;
    std::atomic<bool> draining{false};
};

}  // namespace aitrading::kit
