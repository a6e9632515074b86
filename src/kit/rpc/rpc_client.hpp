#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "kit/http/peer_book.hpp"
#include "kit/http/reactor.hpp"
#include "kit/http/tls.hpp"
#include "kit/rpc/rpc_end.hpp"
#include "kit/telemetry/telemetry.hpp"

namespace google::protobuf {
class Message;
}

namespace aitrading::kit {

/// Whom to ask what.
struct RpcQuestion {
    std::string host;  ///< a name or an address; where a name has several, the first that answers
    int port = 0;      ///< of gRPC
    std::string name;  ///< `aitrading.v1.StatusService/GetStatus`
    /// Whether doing it twice is the same as once: then it may be repeated. None: by the contract's verb over HTTP (GET, PUT, DELETE).
    std::optional<bool> idempotent;
    std::optional<TraceContext> trace;  ///< of what causes it
};

struct RpcClientOptions {
    std::string service = "client";
    std::shared_ptr<TlsContext> tls;  ///< none: plain
    PeerRules peers;
    std::size_t message_bytes_max = std::size_t{16} << 20;  ///< of a reply
};

/// Calls our own services over gRPC by the rules of `HttpClient`: a breaker and a retry budget for each peer; the deadline covers
/// everything (name, connection, retries) and what is left of it travels with each attempt, the span as traceparent. A peer that says
/// how long to wait (grpc-retry-pushback-ms) is heeded. Safe to use from several threads.
class RpcClient {
  public:
    using Done = std::function<void(Result<std::string>)>;

    /// @pre reactor and telemetry outlive every call   @errors bad_input (certificates)
    static Result<std::unique_ptr<RpcClient>> make(Reactor& reactor, const Telemetry& telemetry, const RpcClientOptions& options);
    ~RpcClient();

    /// Blocks: not for a reactor's thread. Fills `reply`. @errors what the peer says (`error_of`), failed with retry_helps: not reached,
    /// not answered in time or refused by its open breaker; failed: its bytes are no such reply
    Result<void> call(const RpcQuestion& question, const google::protobuf::Message& request, google::protobuf::Message& reply, Deadline deadline);
    /// The same without blocking; `done` gets the reply's bytes, on a thread of the reactor, or at once.
    void send(const RpcQuestion& question, const google::protobuf::Message& request, Deadline deadline, Done done);
    /// Reads a stream into `reply`, one after the other, and calls `take` for each, until the peer ends it, `take` says false, a stop is
    /// asked for (both ok) or the deadline. Blocks. Tried once: whoever follows knows from where to go on.
    /// @errors as `call`
    Result<void> follow(const RpcQuestion& question, const google::protobuf::Message& request, google::protobuf::Message& reply, Deadline deadline,
                        const std::function<bool()>& take, const std::stop_token& stop = {});
    /// Of `host:port`.
    CircuitBreaker::State breaker(const std::string& host, int port);

  private:
    struct Inside;
    struct Attempts;
    explicit RpcClient(std::shared_ptr<Inside> inside);
    std::shared_ptr<Inside> inside_;
};

}  // namespace aitrading::kit
