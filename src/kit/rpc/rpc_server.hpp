#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "kit/http/gate.hpp"
#include "kit/http/reactor.hpp"
#include "kit/http/tls.hpp"
#include "kit/requests/handlers.hpp"
#include "kit/requests/http_routes.hpp"
#include "kit/telemetry/telemetry.hpp"

namespace aitrading::kit {

/// Every bound of a gRPC server, with what happens beyond it.
struct RpcServerOptions {
    std::string service = "service";    ///< named in logs, metrics and spans
    std::string address = "127.0.0.1";  ///< without TLS loopback only
    int port = 0;                       ///< 0: any free one
    std::shared_ptr<TlsContext> tls;    ///< as HTTP's
    std::function<bool()> serving;      ///< what grpc.health.v1.Health says; none: always
    std::size_t message_bytes_max = std::size_t{4} << 20;  ///< of a request: RESOURCE_EXHAUSTED
    std::size_t metadata_bytes_max = std::size_t{16} << 10;  ///< of a request's headers: RESOURCE_EXHAUSTED
    std::size_t memory_bytes_max = std::size_t{64} << 20;  ///< of all its connections together: new ones are refused
    int calls_max = 128;                ///< at once on one connection: later ones wait for their turn
    std::size_t stream_bytes_max = std::size_t{1} << 20;   ///< waiting for one slow reader: cut off with RESOURCE_EXHAUSTED
    milliseconds handshake_time{10'000};  ///< of TCP's peer until it has said what HTTP/2 begins with: closed
    milliseconds idle_time{60'000};       ///< without a call: closed
    milliseconds heartbeat{15'000};       ///< of connections with calls; who does not answer for as long again is cut off
    milliseconds health_time{1'000};      ///< between two looks for those who watch the health
};

/// The same functions that HTTP serves, over gRPC: any client made from schema/ can call them, and `grpc.health.v1.Health` is answered.
/// A call's deadline is its class's, or less as the client says (in gRPC's way or by x-deadline-ms): DEADLINE_EXCEEDED; a span goes on from `traceparent` among its
/// metadata and goes back in the same way; each call leaves an access record and its metrics. Expected errors become a status whose
/// message is the error's text (`end_of`); where the gate has no room: UNAVAILABLE with grpc-retry-pushback-ms; what a handler throws:
/// INTERNAL without its text.
class RpcServer {
  public:
    /// @pre reactor, the gate's workers and telemetry outlive it
    /// @errors usage (beyond loopback without TLS), bad_input (certificates), failed (port taken: retry_helps)
    static Result<std::unique_ptr<RpcServer>> start(Reactor& reactor, std::shared_ptr<Gate> gate, const Telemetry& telemetry, const RequestHandlers& handlers, Identify identify,
                                                    const RpcServerOptions& options);
    ~RpcServer();
    int port() const;
    /// Accepts no more, ends streams after what waits in them, lets other calls end until the deadline, then cuts them off. Work that
    /// runs already ends in its own time, its answer is dropped. True: nothing was left at the deadline.
    bool stop(Deadline deadline);

  private:
    struct Inside;
    explicit RpcServer(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::kit
