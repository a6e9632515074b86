#include "kit/lifecycle/host.hpp"

#include <atomic>
#include <future>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "aitrading/v1/status.pb.h"
#include "kit/contracts/contracts.hpp"
#include "kit/http/caller.hpp"
#include "kit/http/server.hpp"
#include "kit/requests/http_routes.hpp"
#include "kit/rpc/rpc_server.hpp"

namespace aitrading::kit {
namespace {

SteadyTime now() { return std::chrono::steady_clock::now(); }

std::int64_t wall_now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool is_loopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

}  // namespace

struct ServiceHost::Inside : std::enable_shared_from_this<ServiceHost::Inside> {
    struct Running {
        ServiceSpec spec;
        std::unique_ptr<Service> service;
        RequestHandlers requests;
        std::shared_ptr<Gate> gate;  ///< of both servers
        std::unique_ptr<HttpServer> server;
        std::unique_ptr<RpcServer> rpc;  ///< where the service answers requests of its own
        std::atomic<v1::ServiceState> state{v1::SERVICE_STATE_STARTING};
        std::atomic<std::int64_t> started_ns{0};
        std::atomic<int> port{0}, rpc_port{0};
    };
    ServiceGround ground;
    HostOptions options;
    mutable std::mutex mutex;  ///< of the list, not of what it holds
    std::vector<std::shared_ptr<Running>> running;
    std::vector<std::pair<std::string, std::shared_ptr<Gate>>> cut;  ///< of services with handlers that ran on

    Inside(const ServiceGround& given, const HostOptions& wanted) : ground(given), options(wanted) {}

    std::vector<std::shared_ptr<Running>> list() const {
        const std::lock_guard lock(mutex);
        return running;
    }
    v1::ServiceState state_of(Running& one) const {
        const v1::ServiceState state = one.state;
        const bool whole = state != v1::SERVICE_STATE_READY || (one.service->ready() && one.service->shortfall().empty());
        return whole ? state : v1::SERVICE_STATE_DEGRADED;
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
            s.set_rpc_port(one->rpc_port);
            s.set_started_ns(one->started_ns);
            s.set_lag_events(one->service->lag());
            const auto ready = one->service->ready();
            const std::string shortfall = ready ? one->service->shortfall() : ready.error().text;
            s.set_last_error(shortfall.empty() ? one->service->last_error() : shortfall);
        }
        return out;
    }
    /// What it needs of other processes.
    void add_peers(const ServiceSpec& spec, v1::GetReadinessReply& out) const {
        for (const std::string& need : spec.needs) {
            if (!options.peers->knows(need)) continue;
            const auto ready = options.peers->ready(need);
            v1::Dependency& d = *out.add_dependencies();
            d.set_dependency(need);
            d.set_ready(ready.has_value());
            if (!ready) d.set_reason(ready.error().text);
            out.set_ready(out.ready() && d.ready());
        }
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
        if (options.peers) add_peers(own.spec, out);
        return out;
    }
    /// What every service answers about itself.
    void add_status(const std::shared_ptr<Running>& one) {
        RequestHandlers& requests = one->requests;
        const auto open_to_anyone = [](RequestHandlers::Handler& handler) -> RequestHandlers::Handler& {
            handler.quiet = handler.anyone = true;
            return handler;
        };
        open_to_anyone(requests.on<v1::GetHealthRequest, v1::GetHealthReply>("aitrading.v1.StatusService/GetHealth", [this](const v1::GetHealthRequest&, const Call&) -> Result<v1::GetHealthReply> {
            v1::GetHealthReply reply;
            reply.set_alive(true);
            reply.set_build_version(options.build_version);
            return reply;
        }));
        const std::weak_ptr<Running> weak = one;
        open_to_anyone(requests.on<v1::GetReadinessRequest, v1::GetReadinessReply>("aitrading.v1.StatusService/GetReadiness", [this, weak](const v1::GetReadinessRequest&, const Call&) -> Result<v1::GetReadinessReply> {
            const auto own = weak.lock();
            if (!own) return fail(ErrorCode::failed, "stopped", true);
            return readiness(*own);
        })).http_status = [](const google::protobuf::Message& reply) { return static_cast<const v1::GetReadinessReply&>(reply).ready() ? 200 : 503; };
        open_to_anyone(requests.on<v1::GetStatusRequest, v1::GetStatusReply>("aitrading.v1.StatusService/GetStatus",
                                                                             [this](const v1::GetStatusRequest& request, const Call&) -> Result<v1::GetStatusReply> { return status(request.service()); }));
    }
    Router routes(const std::shared_ptr<Running>& one) {
        Router router;
        router.add({"GET", "/metrics", RequestClass::fast, [this](const HttpRequest&) {
                        return HttpResponse{.type = "text/plain; version=0.0.4", .body = ground.telemetry.metrics.text(), .headers = {}};
                    }, true});
        add_status(one);
        kit::add_routes(router, one->requests, tenant_of);
        one->service->add_routes(router);
        return router;
    }
    /// Without TLS gRPC stays on loopback, wherever HTTP listens.
    Result<void> start_rpc(const std::shared_ptr<Running>& one, const HttpServerOptions& http) {
        RpcServerOptions wanted{.service = http.service, .address = is_loopback(http.address) || http.tls ? http.address : "127.0.0.1", .port = http.port == 0 ? 0 : http.port + rpc_port_distance, .tls = http.tls};
        if (const auto found = options.rpc_ports.find(http.service); found != options.rpc_ports.end()) wanted.port = found->second;
        if (wanted.port > 65'535) return fail(ErrorCode::usage, fmt::format("port {} leaves none for gRPC, {} above it", http.port, rpc_port_distance));
        wanted.serving = [this, weak = std::weak_ptr<Running>(one)] {
            const auto own = weak.lock();
            return own && readiness(*own).ready();
        };
        TRY(one->rpc, RpcServer::start(ground.reactor, http.door, ground.telemetry, one->requests, tenant_of, wanted));
        one->rpc_port = one->rpc->port();
        return {};
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
        one->gate = Gate::make(ground.workers, {});
        HttpServerOptions server{.service = spec.name, .address = spec.address, .port = options.any_ports ? 0 : spec.port, .tls = options.tls, .door = one->gate};
        if (const auto found = options.addresses.find(spec.name); found != options.addresses.end()) server.address = found->second;
        if (const auto found = options.ports.find(spec.name); found != options.ports.end()) server.port = found->second;
        one->service->add_requests(one->requests);
        const bool answers_requests = !one->requests.empty();
        // The server is there before the service is ready: health and readiness can be asked while it starts.
        TRY(one->server, HttpServer::start(ground.reactor, ground.workers, ground.telemetry, routes(one), server));
        one->port = one->server->port();
        if (answers_requests) TRY_VOID(start_rpc(one, server));
        TRY_VOID(one->service->start());
        one->started_ns = wall_now();
        one->state = v1::SERVICE_STATE_READY;
        ground.telemetry.log.write({.service = spec.name, .action = "start", .duration = now() - begun, .message = "service ready", .fields = {{"port", fmt::format("{}", one->port.load())}, {"rpc_port", fmt::format("{}", one->rpc_port.load())}}});
        return {};
    }
    /// Those that have stopped, no more in the list.
    std::shared_ptr<const Kept> taken_out();
    /// False: something was cut at the deadline.
    bool stop_one(Running& one, Deadline share) {
        const SteadyTime begun = now();
        one.state = v1::SERVICE_STATE_DRAINING;
        // Both at once: neither takes requests, or loses its time, while the other still waits.
        auto rpc_ended = std::async(std::launch::async, [&] { return one.rpc == nullptr || one.rpc->stop(share); });
        bool drained = one.server == nullptr || one.server->drain(share);
        if (one.server) one.server->stop();
        drained = rpc_ended.get() && drained;
        // A handler outlives its request where the deadline passed or the caller left.
        const bool ended = one.gate == nullptr || one.gate->close(share);
        one.service->stop(share);
        one.state = v1::SERVICE_STATE_STOPPED;
        LogRecord record{.level = drained && ended ? LogLevel::info : LogLevel::warning, .service = one.spec.name, .action = "stop", .outcome = drained && ended ? "ok" : "cut",
                         .duration = now() - begun, .message = "service stopped"};
        if (!ended) record.fields = {{"handlers_running", fmt::format("{}", one.gate->running())}};
        ground.telemetry.log.write(std::move(record));
        return drained && ended;
    }
};

/// What handlers that run on may use.
struct ServiceHost::Kept {
    std::shared_ptr<Inside> inside;
    std::vector<std::shared_ptr<Inside::Running>> services;
    Kept(std::shared_ptr<Inside> of, std::vector<std::shared_ptr<Inside::Running>> all) : inside(std::move(of)), services(std::move(all)) {}
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;
    /// Whoever needs another goes before it.
    ~Kept() {
        while (!services.empty()) services.pop_back();
    }
};

std::shared_ptr<const ServiceHost::Kept> ServiceHost::Inside::taken_out() {
    const std::lock_guard lock(mutex);
    for (const auto& one : running)
        if (one->gate && one->gate->running() > 0) cut.emplace_back(one->spec.name, one->gate);
    return std::make_shared<const Kept>(shared_from_this(), std::exchange(running, {}));
}

ServiceHost::ServiceHost(const ServiceGround& ground, const HostOptions& options) : inside_(std::make_shared<Inside>(ground, options)) {}
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
        const SteadyTime begun = now();
        // Each of those that are left gets its share of what is left, so that none eats it all.
        const Deadline share = Deadline::after(begun, deadline.left(begun) / static_cast<std::int64_t>(services.size()));
        all = inside_->stop_one(*services.back(), share) && all;
    }
    // A status asked of one service looks at all: a handler that runs on keeps them all.
    const auto kept = inside_->taken_out();
    for (const auto& one : kept->services)
        if (one->gate) one->gate->keep(kept);
    return all;
}

std::vector<std::string> ServiceHost::still_running() const {
    const std::lock_guard lock(inside_->mutex);
    std::vector<std::string> out;
    for (const auto& [name, gate] : inside_->cut)
        if (gate->running() > 0) out.push_back(name);
    return out;
}

std::map<std::string, int> ServiceHost::ports() const {
    std::map<std::string, int> out;
    for (const auto& one : inside_->list()) out[one->spec.name] = one->port;
    return out;
}

std::map<std::string, int> ServiceHost::rpc_ports() const {
    std::map<std::string, int> out;
    for (const auto& one : inside_->list())
        if (const int port = one->rpc_port; port != 0) out[one->spec.name] = port;
    return out;
}

std::string ServiceHost::status_json() const { return to_json(inside_->status({})).value_or("{}"); }

}  // namespace aitrading::kit
