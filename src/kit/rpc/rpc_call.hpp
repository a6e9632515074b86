#pragma once

#include <cstddef>
#include <memory>

#include "kit/http/workers.hpp"
#include "kit/requests/handlers.hpp"
#include "kit/requests/http_routes.hpp"

namespace grpc {
class ByteBuffer;
class GenericCallbackServerContext;
template <class Request, class Response>
class ServerBidiReactor;
}

namespace aitrading::kit {

class OpenStreams;

/// What every call of a server needs.
struct RpcGround {
    const RequestHandlers& handlers;
    Workers& workers;
    Identify identify;
    std::size_t stream_bytes_max = 0;
    std::shared_ptr<OpenStreams> streams;
};

/// The reactor of one call; it destroys itself when the call is done. @pre ground outlives the call
grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* new_rpc_call(const RpcGround& ground, grpc::GenericCallbackServerContext& context);

}  // namespace aitrading::kit
