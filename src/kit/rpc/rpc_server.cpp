#include "kit/rpc/rpc_server.hpp"

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "kit/rpc/rpc_call.hpp"
#include "kit/rpc/sent_replies.hpp"

namespace aitrading::kit {
namespace {

class AllCalls final : public grpc::CallbackGenericService {
  public:
    explicit AllCalls(RpcGround ground) : ground_(std::move(ground)) {}

  private:
    grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override { return new_rpc_call(ground_, *context); }
    RpcGround ground_;
};

}  // namespace

struct RpcServer::Inside {
    explicit Inside(RpcGround ground) : streams(ground.streams), calls(std::move(ground)) {}
    std::shared_ptr<OpenStreams> streams;
    AllCalls calls;
    std::unique_ptr<grpc::Server> server;
    int port = 0;
};

RpcServer::RpcServer(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Result<std::unique_ptr<RpcServer>> RpcServer::start(const RequestHandlers& handlers, Workers& workers, Identify identify, const RpcServerOptions& options) {
    if (options.address != "127.0.0.1" && options.address != "::1")
        return fail(ErrorCode::usage, fmt::format("gRPC listens on loopback only, not on {}: it has no TLS here", options.address));
    // What goes wrong is told by results; gRPC would write to stderr as well.
    gpr_set_log_function([](gpr_log_func_args*) {});
    auto inside = std::make_unique<Inside>(RpcGround{handlers, workers, std::move(identify), options.stream_bytes_max, std::make_shared<OpenStreams>()});
    grpc::ServerBuilder builder;
    const std::string host = options.address == "::1" ? "[::1]" : options.address;
    builder.AddListeningPort(fmt::format("{}:{}", host, options.port), grpc::InsecureServerCredentials(), &inside->port);
    builder.RegisterCallbackGenericService(&inside->calls);
    builder.SetMaxReceiveMessageSize(static_cast<int>(options.message_bytes_max));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.calls_max);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a taken port is an error, not a share of its calls
    inside->server = builder.BuildAndStart();
    if (!inside->server || inside->port == 0)
        return fail(ErrorCode::failed, fmt::format("cannot listen on {} port {} for gRPC; another process may have it", options.address, options.port), true);
    return std::unique_ptr<RpcServer>(new RpcServer(std::move(inside)));
}

RpcServer::~RpcServer() { stop({std::chrono::steady_clock::now()}); }

int RpcServer::port() const { return inside_->port; }

bool RpcServer::stop(Deadline deadline) {
    if (!inside_->server) return true;
    inside_->streams->end_all();
    inside_->server->Shutdown(std::chrono::system_clock::now() + std::chrono::duration_cast<std::chrono::system_clock::duration>(deadline.left(std::chrono::steady_clock::now())));
    inside_->server->Wait();
    inside_->server.reset();
    return !deadline.passed(std::chrono::steady_clock::now());
}

}  // namespace aitrading::kit
