#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/circuit_breaker.hpp"
#include "base/retry.hpp"
#include "kit/http/message.hpp"
#include "kit/http/parser.hpp"
#include "kit/http/reactor.hpp"
#include "kit/http/tls.hpp"
#include "kit/telemetry/telemetry.hpp"

namespace aitrading::kit {

struct ClientRequest {
    std::string method = "GET";
    std::string host;
    int port = 80;
    std::string target = "/";
    HttpHeaders headers;
    std::string type = "application/json";
    std::string body;
    /// Whether doing it twice is the same as once: then it may be repeated. None: by the method (GET, HEAD, PUT, DELETE).
    std::optional<bool> idempotent;
    std::optional<TraceContext> trace;  ///< of what causes it
    bool traced = true;                 ///< false for what exports traces
};

struct HttpClientOptions {
    std::string service = "client";
    std::shared_ptr<TlsContext> tls;
    HttpLimits limits{.header_bytes_max = 16 << 10, .body_bytes_max = std::size_t{16} << 20};
    RetryRule retry;
    double retry_share = 0.1;  ///< of calls that may be retries
    BreakerRule breaker;
    std::size_t idle_max = 8;  ///< connections kept for each peer
    std::chrono::seconds idle_time{30};
};

/// Calls peers over HTTP/1.1, each with its own breaker and retry budget. The deadline covers everything: name, connection,
/// retries; what is left travels as x-deadline-ms, the span as traceparent. Redirects are answers like others. Safe to use
/// from several threads.
class HttpClient {
  public:
    using Done = std::function<void(Result<HttpResponse>)>;

    /// @pre reactor and telemetry outlive every call
    HttpClient(Reactor& reactor, const Telemetry& telemetry, const HttpClientOptions& options);
    ~HttpClient();

    /// Blocks: not for a reactor's thread. An answer of any status is a result.
    /// @errors failed with retry_helps: not reached, not answered in time, no HTTP, or refused by the peer's open breaker
    Result<HttpResponse> call(const ClientRequest& request, Deadline deadline);
    /// The same without blocking; `done` comes on a thread of the reactor, or at once.
    void send(ClientRequest request, Deadline deadline, Done done);
    /// Of `host:port`.
    CircuitBreaker::State breaker(const std::string& host, int port);

  private:
    struct Inside;
    struct Call;
    std::shared_ptr<Inside> inside_;
};

}  // namespace aitrading::kit
