#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "kit/http/gate.hpp"
#include "kit/requests/handlers.hpp"
#include "kit/requests/http_routes.hpp"
#include "kit/rpc/sent_replies.hpp"
#include "kit/telemetry/telemetry.hpp"

namespace grpc {
class ByteBuffer;
class GenericCallbackServerContext;
template <class Request, class Response>
class ServerBidiReactor;
}

namespace aitrading::kit {

/// What is answered, by what gRPC calls it: `/aitrading.v1.StatusService/GetStatus`.
using RpcMethods = std::map<std::string, RequestHandlers::Handler, std::less<>>;

/// What the calls of a server share. Lives until the last of them, and the work for it, is over.
struct RpcGround {
    RpcMethods methods;
    Telemetry telemetry;
    std::string service;
    std::shared_ptr<Gate> gate;
    Identify identify;
    std::size_t stream_bytes_max = 0;
    OpenStreams streams = {};
};

/// The reactor of one call; it destroys itself when the call is done.
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* new_rpc_call(const std::shared_ptr<RpcGround>& ground, grpc::GenericCallbackServerContext& context);

}  // namespace aitrading::kit
