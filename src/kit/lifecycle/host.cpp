#include "kit/lifecycle/host.hpp"

#include <atomic>

#include <fmt/format.h>
#include <unistd.h>

#include "aitrading/v1/status.pb.h"
#include "kit/contracts/contracts.hpp"
#include "kit/http/server.hpp"

namespace aitrading::kit {
namespace {

SteadyTime now() { return std::chrono::steady_clock::now(); }

std::int64_t wall_now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

HttpResponse json_response(const google::protobuf::Message& message, int status = 200) {
    auto text = to_json(message);
    if (!text) return error_response(text.error());
    return {.status = status, .body = *text + "\n", .headers = {}};
}

}  // namespace

struct ServiceHost::Inside {
    struct Running {
        ServiceSpec spec;
        std::unique_ptr<Service> service;
        std::unique_ptr<HttpServer> server;
        std::atomic<v1::ServiceState> state{v1::SERVICE_STATE_STARTING};
        std::atomic<std::int64_t> started_ns{0};
        std::atomic<int> port{0};
    };
    ServiceGround ground;
    HostOptions options;
    mutable std::mutex mutex;  ///< of the list, not of what it holds
    std::vector<std::shared_ptr<Running>> running;

    Inside(const ServiceGround& given, const HostOptions& wanted) : ground(given), options(wanted) {}

    std::vector<std::shared_ptr<Running>> list() const {
        const std::lock_guard lock(mutex);
        return running;
    }
    v1::ServiceState state_of(Running& one) const {
        const v1::ServiceState state = one.state;
        return state == v1::SERVICE_STATE_READY && !one.service->ready() ? v1::SERVICE_STATE_DEGRADED : state;
    }
    v1::GetStatusReply status(std::string_view only) const {
        v1::GetStatusReply out;
        for (const auto& one : list()) {
            if (!only.empty() && one->spec.name != only) continue;
            v1::ServiceStatus& s = *out.add_services();
            s.set_service(one->spec.name);
            s.set_instance(fmt::format("{}", ::getpid()));
            s.set_state(state_of(*one));
            s.set_build_version(options.build_version);
            s.set_port(one->port);
            s.set_started_ns(one->started_ns);
            s.set_lag_events(one->service->lag());
            const auto ready = one->service->ready();
            s.set_last_error(ready ? one->service->last_error() : ready.error().text);
        }
        return out;
    }
    v1::GetReadinessReply readiness(const Running& own) const {
        v1::GetReadinessReply out;
        out.set_ready(true);
        for (const auto& one : list()) {
            const bool itself = one.get() == &own;
            if (!itself && std::ranges::find(own.spec.needs, one->spec.name) == own.spec.needs.end()) continue;
            v1::Dependency& d = *out.add_dependencies();
            d.set_dependency(one->spec.name);
            const auto ready = one->service->ready();
            const v1::ServiceState state = one->state;
            d.set_ready(ready.has_value() && state == v1::SERVICE_STATE_READY);
            if (!ready) d.set_reason(ready.error().text);
            else if (!d.ready()) d.set_reason(state == v1::SERVICE_STATE_DRAINING ? "it is stopping" : "it is starting");
            out.set_ready(out.ready() && d.ready());
        }
        return out;
    }
    Router routes(const std::shared_ptr<Running>& one) {
        Router router;
        const std::weak_ptr<Running> weak = one;
        router.add({"GET", "/v1/health", RequestClass::fast, [this](const HttpRequest&) {
                        v1::GetHealthReply reply;
                        reply.set_alive(true);
                        reply.set_build_version(options.build_version);
                        return json_response(reply);
                    }, true});
        router.add({"GET", "/v1/readiness", RequestClass::fast, [this, weak](const HttpRequest&) {
                        const auto own = weak.lock();
                        if (!own) return error_response(503, "failed", "stopped", std::chrono::seconds(1));
                        const v1::GetReadinessReply reply = readiness(*own);
                        return json_response(reply, reply.ready() ? 200 : 503);
                    }, true});
        router.add({"GET", "/v1/status", RequestClass::fast, [this](const HttpRequest& r) { return json_response(status(r.query_value("service").value_or(""))); }, true});
        router.add({"GET", "/metrics", RequestClass::fast, [this](const HttpRequest&) {
                        return HttpResponse{.type = "text/plain; version=0.0.4", .body = ground.telemetry.metrics.text(), .headers = {}};
                    }, true});
        one->service->add_routes(router);
        return router;
    }
    Result<void> start_one(const ServiceSpec& spec, const ServiceFactory& factory) {
        const SteadyTime begun = now();
        auto one = std::make_shared<Running>();
        one->spec = spec;
        one->service = factory(ground);
        {
            const std::lock_guard lock(mutex);
            running.push_back(one);
        }
        HttpServerOptions server{.service = spec.name, .address = spec.address, .port = options.any_ports ? 0 : spec.port, .tls = options.tls};
        if (const auto found = options.addresses.find(spec.name); found != options.addresses.end()) server.address = found->second;
        if (const auto found = options.ports.find(spec.name); found != options.ports.end()) server.port = found->second;
        // The server is there before the service is ready: health and readiness can be asked while it starts.
        TRY(one->server, HttpServer::start(ground.reactor, ground.workers, ground.telemetry, routes(one), server));
        one->port = one->server->port();
        TRY_VOID(one->service->start());
        one->started_ns = wall_now();
        one->state = v1::SERVICE_STATE_READY;
        ground.telemetry.log.write({.service = spec.name, .action = "start", .duration = now() - begun, .message = "service ready", .fields = {{"port", fmt::format("{}", one->port.load())}}});
        return {};
    }
};

ServiceHost::ServiceHost(const ServiceGround& ground, const HostOptions& options) : inside_(std::make_unique<Inside>(ground, options)) {}
ServiceHost::~ServiceHost() { stop(); }

Result<void> ServiceHost::start(const std::vector<ServiceSpec>& services, const std::map<std::string, ServiceFactory>& factories) {
    for (const ServiceSpec& spec : services) {
        const auto started = inside_->start_one(spec, factories.at(spec.name));
        if (started) continue;
        stop();
        return fail(started.error().code, fmt::format("{}: {}", spec.name, started.error().text), started.error().retry_helps);
    }
    return {};
}

bool ServiceHost::stop() {
    const Deadline deadline = Deadline::after(now(), inside_->options.stop_time);
    bool all = true;
    for (auto services = inside_->list(); !services.empty(); services.pop_back()) {
        Inside::Running& one = *services.back();
        const SteadyTime begun = now();
        one.state = v1::SERVICE_STATE_DRAINING;
        // Each of those that are left gets its share of what is left, so that none eats it all.
        const Deadline share = Deadline::after(begun, deadline.left(begun) / static_cast<std::int64_t>(services.size()));
        const bool drained = one.server == nullptr || one.server->drain(share);
        if (one.server) one.server->stop();
        one.service->stop(share);
        one.state = v1::SERVICE_STATE_STOPPED;
        all = all && drained;
        inside_->ground.telemetry.log.write({.level = drained ? LogLevel::info : LogLevel::warning, .service = one.spec.name, .action = "stop", .outcome = drained ? "ok" : "cut",
                                             .duration = now() - begun, .message = "service stopped"});
    }
    const std::lock_guard lock(inside_->mutex);
    inside_->running.clear();
    return all;
}

std::map<std::string, int> ServiceHost::ports() const {
    std::map<std::string, int> out;
    for (const auto& one : inside_->list()) out[one->spec.name] = one->port;
    return out;
}

std::string ServiceHost::status_json() const { return to_json(inside_->status({})).value_or("{}"); }

}  // namespace aitrading::kit
