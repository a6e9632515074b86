#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kit/http/reactor.hpp"
#include "kit/http/tls.hpp"
#include "kit/http/websocket_frames.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"
#include "domain/trace_context.hpp"

namespace aitrading::kit {

/// Where a WebSocket leads to, and its bounds.
struct WebSocketTarget {
    std::string host;
    int port = 80;
    std::string target = "/";
    std::shared_ptr<TlsContext> tls;    ///< none: plain
    std::optional<TraceContext> trace;  ///< goes along as traceparent
    std::size_t message_bytes_max = std::size_t{1} << 20;  ///< of what comes: closed with 1009
    std::size_t waiting_bytes_max = std::size_t{1} << 20;  ///< not taken by the peer yet: closed with 1013
    milliseconds heartbeat{15'000};  ///< a ping each; a peer from which nothing has come until the next is cut off
    milliseconds write_time{30'000};
};

/// The client's end of one WebSocket (RFC 6455): every frame masked anew, no extension offered. Safe to use from several threads;
/// callbacks come one at a time, on the reactor, and must not block.
class WebSocketClient {
  public:
    /// Connects and shakes hands. Blocks: not for a reactor's thread. Messages that come at once wait for `listen`.
    /// @pre the reactor outlives it   @errors failed with retry_helps (not reached, no answer in time, or refused), bad_input (no handshake)
    static Result<std::unique_ptr<WebSocketClient>> open(Reactor& reactor, const WebSocketTarget& target, Deadline deadline);
    ~WebSocketClient();  ///< as `close` with `going_away`, without waiting

    /// Once. @param closed once, with the peer's code, or ours; 1006 where the connection broke
    void listen(std::function<void(const WebSocketMessage&)> message, std::function<void(int)> closed);
    /// False: closed, or the peer is too slow (then it is closed with 1013).
    bool send(std::string_view bytes, FrameKind kind = FrameKind::text);
    void close(CloseCode code, std::string_view reason);

  private:
    struct Inside;
    explicit WebSocketClient(std::shared_ptr<Inside> inside);
    std::shared_ptr<Inside> inside_;
};

}  // namespace aitrading::kit
