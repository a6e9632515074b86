#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "kit/http/workers.hpp"
#include "kit/requests/handlers.hpp"
#include "kit/requests/http_routes.hpp"

namespace aitrading::kit {

/// Every bound of a gRPC server, with what happens beyond it.
struct RpcServerOptions {
    std::string address = "127.0.0.1";  ///< loopback only: without TLS nobody else may be heard
    int port = 0;                       ///< 0: any free one
    std::size_t message_bytes_max = std::size_t{4} << 20;  ///< of a request: RESOURCE_EXHAUSTED
    int calls_max = 128;                ///< at once on one connection: later ones wait for their turn
    std::size_t stream_bytes_max = std::size_t{1} << 20;   ///< waiting for one slow reader: cut off with RESOURCE_EXHAUSTED
};

/// The same functions that HTTP serves, over gRPC: any client made from schema/ can call them. A call's deadline is its class's, or
/// less as the client says; `traceparent` among its metadata goes on. Expected errors become a status whose message is the
/// error's text: bad_input and usage INVALID_ARGUMENT, not_found NOT_FOUND, gate_refused PERMISSION_DENIED (a quota: RESOURCE_EXHAUSTED), failed INTERNAL or,
/// where a retry helps, UNAVAILABLE. Work runs on `workers`; where they have no room: UNAVAILABLE.
class RpcServer {
  public:
    /// @pre handlers and workers outlive it   @errors usage (an address that is not loopback), failed (port taken)
    static Result<std::unique_ptr<RpcServer>> start(const RequestHandlers& handlers, Workers& workers, Identify identify, const RpcServerOptions& options);
    ~RpcServer();
    int port() const;
    /// Accepts no more, ends streams after what waits in them, lets other calls end until the deadline, then cuts them off. Needs the
    /// workers to run; work that runs already is waited for. True: nothing was left at the deadline.
    bool stop(Deadline deadline);

  private:
    struct Inside;
    explicit RpcServer(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::kit
