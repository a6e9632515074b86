#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "kit/http/reactor.hpp"
#include "kit/http/router.hpp"
#include "kit/http/workers.hpp"
#include "kit/lifecycle/settings.hpp"
#include "kit/requests/handlers.hpp"
#include "kit/telemetry/telemetry.hpp"

namespace aitrading::kit {

/// What a process gives to each of its services. It outlives them.
struct ServiceGround {
    Reactor& reactor;
    Workers& workers;
    Telemetry telemetry;
    Settings& settings;
};

/// One service, whatever its business. The host calls these one after the other, from one thread, except `ready`, `shortfall`, `lag`
/// and `last_error`, which come from any.
class Service {
  public:
    virtual ~Service() = default;
    /// The routes of its own, besides health, readiness, status and metrics.
    virtual void add_routes(Router&) {}
    /// The requests of the contracts that it answers: served over HTTP/JSON on its port and over gRPC on its second port, from before it
    /// has started on, as its routes are. A service without any has no second port.
    virtual void add_requests(RequestHandlers&) {}
    /// Returns when it can serve. @errors what is missing and what to do
    virtual Result<void> start() = 0;
    /// Why it cannot serve at the moment, also before it started; ok: it can.
    virtual Result<void> ready() { return {}; }
    /// Why it serves less than it should, though it serves: its state is then degraded, and it stays ready; empty: it serves all.
    virtual std::string shortfall() { return {}; }
    /// Events that it has not handled yet.
    virtual std::int64_t lag() { return 0; }
    /// The last thing that went wrong; empty: nothing.
    virtual std::string last_error() { return {}; }
    /// Takes no more and finishes what it has, until the deadline. Nothing is asked of it any more, and what was asked has ended; but
    /// where that took longer than the host waits it runs on: what requests use goes with the service, which lives until then, not here.
    virtual void stop(Deadline) {}
};

using ServiceFactory = std::function<std::unique_ptr<Service>(const ServiceGround&)>;

}  // namespace aitrading::kit
