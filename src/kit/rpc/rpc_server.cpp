#include "kit/rpc/rpc_server.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "kit/rpc/rpc_call.hpp"
#include "kit/rpc/rpc_health.hpp"
#include "kit/rpc/rpc_tls.hpp"

namespace aitrading::kit {
namespace {

class AllCalls final : public grpc::CallbackGenericService {
  public:
    explicit AllCalls(std::shared_ptr<RpcGround> ground) : ground_(std::move(ground)) {}

  private:
    grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override { return new_rpc_call(ground_, *context); }
    std::shared_ptr<RpcGround> ground_;
};

bool is_loopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

void set_bounds(grpc::ServerBuilder& builder, const RpcServerOptions& options) {
    builder.SetMaxReceiveMessageSize(static_cast<int>(options.message_bytes_max));
    builder.SetResourceQuota(grpc::ResourceQuota(options.service).Resize(options.memory_bytes_max));
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(options.metadata_bytes_max));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.calls_max);
    builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, static_cast<int>(options.handshake_time.count()));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, static_cast<int>(options.idle_time.count()));
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(options.heartbeat.count()));
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(options.heartbeat.count()));
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a taken port is an error, not a share of its calls
}

/// Looks after those who watch the health, on the workers, until the server is no more.
void look_later(Reactor& reactor, const std::weak_ptr<RpcGround>& server, const std::weak_ptr<RpcHealth>& health, milliseconds pause) {
    reactor.at(std::chrono::steady_clock::now() + pause, [&reactor, server, health, pause] {
        const auto ground = server.lock();
        const auto asked = health.lock();
        if (!ground || !asked) return;
        if (asked->watched())
            static_cast<void>(ground->gate->enter(RequestClass::fast, Deadline::after(std::chrono::steady_clock::now(), pause), [asked](bool in_time) {
                if (in_time) asked->look();
            }));
        look_later(reactor, server, health, pause);
    });
}

}  // namespace

struct RpcServer::Inside {
    explicit Inside(std::shared_ptr<RpcGround> shared) : ground(std::move(shared)), calls(ground) {}
    std::shared_ptr<RpcGround> ground;
    std::shared_ptr<RpcHealth> health;
    AllCalls calls;
    std::unique_ptr<grpc::Server> server;
    int port = 0;
};

RpcServer::RpcServer(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Result<std::unique_ptr<RpcServer>> RpcServer::start(Reactor& reactor, std::shared_ptr<Gate> gate, const Telemetry& telemetry, const RequestHandlers& handlers, Identify identify,
                                                    const RpcServerOptions& options) {
    if (!is_loopback(options.address) && !options.tls)
        return fail(ErrorCode::usage, fmt::format("gRPC listens on loopback only, not on {}: it has no certificates; set AITRADING_TLS_CERTIFICATE, _KEY and _AUTHORITIES", options.address));
    // What goes wrong is told by results; gRPC would write to stderr as well.
    gpr_set_log_function([](gpr_log_func_args*) {});
    TRY(const auto credentials, server_credentials(options.tls));
    auto inside = std::make_unique<Inside>(std::make_shared<RpcGround>(RpcMethods{}, telemetry, options.service, std::move(gate), std::move(identify), options.stream_bytes_max));
    RpcMethods& methods = inside->ground->methods;
    for (const auto& [name, handler] : handlers.all()) methods["/" + name] = handler;
    inside->health = RpcHealth::add_to(methods, options.serving ? options.serving : [] { return true; });
    grpc::ServerBuilder builder;
    const std::string host = options.address.find(':') == std::string::npos ? options.address : "[" + options.address + "]";
    builder.AddListeningPort(fmt::format("{}:{}", host, options.port), credentials, &inside->port);
    builder.RegisterCallbackGenericService(&inside->calls);
    set_bounds(builder, options);
    inside->server = builder.BuildAndStart();
    if (!inside->server || inside->port == 0)
        return fail(ErrorCode::failed, fmt::format("cannot listen on {} port {} for gRPC; another process may have it", options.address, options.port), true);
    look_later(reactor, inside->ground, inside->health, options.health_time);
    return std::unique_ptr<RpcServer>(new RpcServer(std::move(inside)));
}

RpcServer::~RpcServer() { stop({std::chrono::steady_clock::now()}); }

int RpcServer::port() const { return inside_->port; }

bool RpcServer::stop(Deadline deadline) {
    if (!inside_->server) return true;
    inside_->health->stop();
    inside_->ground->streams.end_all();
    // A deadline without end is a day here: the sum has to fit.
    const auto left = std::min<std::chrono::system_clock::duration>(deadline.left(std::chrono::steady_clock::now()), std::chrono::hours(24));
    inside_->server->Shutdown(std::chrono::system_clock::now() + left);
    inside_->server->Wait();
    inside_->server.reset();
    return !deadline.passed(std::chrono::steady_clock::now());
}

}  // namespace aitrading::kit
