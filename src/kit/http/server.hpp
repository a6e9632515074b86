#pragma once

#include <memory>
#include <string>

#include "kit/http/gate.hpp"
#include "kit/http/parser.hpp"
#include "kit/http/reactor.hpp"
#include "kit/http/router.hpp"
#include "kit/http/tls.hpp"
#include "kit/telemetry/telemetry.hpp"

namespace aitrading::kit {

/// Every bound of a server, with what happens beyond it.
struct HttpServerOptions {
    std::string service = "service";  ///< named in logs, metrics and spans
    std::string address = "127.0.0.1";
    int port = 0;  ///< 0: any free one
    std::shared_ptr<TlsContext> tls;
    HttpLimits limits;
    milliseconds header_time{10'000};  ///< from a connection's or a request's first byte to the end of its headers: else closed, or 408
    milliseconds body_time{30'000};    ///< from there to its end: 408
    milliseconds idle_time{60'000};    ///< between two requests: closed
    milliseconds write_time{30'000};   ///< for an answer to be taken: closed
    milliseconds heartbeat{15'000};    ///< of streams and WebSockets
    std::size_t connections_max = 2'048;  ///< the one quiet longest gives way
    std::size_t stream_bytes_max = std::size_t{1} << 20;   ///< waiting for one slow reader: cut off
    std::size_t message_bytes_max = std::size_t{1} << 20;  ///< of a WebSocket message: closed with 1009
    GateOptions gate;                     ///< beyond: 503 with Retry-After
    std::shared_ptr<Gate> door;           ///< one that other servers use as well; none: its own, as `gate` says
};

/// An HTTP/1.1 server with keep-alive, pipelining, streams and WebSockets. Every request has a deadline (the route's class, or
/// less as the header x-deadline-ms says; 504 when it passes), a span that goes on from `traceparent`, an access record and
/// its metrics; what a handler throws becomes 500.
class HttpServer {
  public:
    /// @pre reactor, workers and telemetry outlive it   @errors usage, failed (port taken)
    static Result<std::unique_ptr<HttpServer>> start(Reactor& reactor, Workers& workers, const Telemetry& telemetry, Router router,
                                                     const HttpServerOptions& options);
    ~HttpServer();  ///< as `stop`
    int port() const;
    std::size_t connections() const;
    /// Accepts no more, finishes what runs, closes what is quiet. True: nothing is left at the deadline.
    bool drain(Deadline deadline);
    /// Cuts what is left. Work that runs already ends in its own time, its answer is dropped.
    void stop();

  private:
    struct Inside;
    explicit HttpServer(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::kit
