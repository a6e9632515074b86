#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "kit/http/out_queue.hpp"
#include "kit/http/session.hpp"
#include "kit/http/websocket_frames.hpp"

namespace aitrading::kit {

struct ServerSide;

/// The server's end of one WebSocket. A peer slower than what is sent is closed with 1013; one that answers no ping within
/// the heartbeat is cut off. Safe to use from several threads; callbacks come one at a time, never once the
/// server's gate is closed, and must not block.
class WebSocket : public Session, public std::enable_shared_from_this<WebSocket> {
  public:
    WebSocket(std::shared_ptr<Transport> transport, std::shared_ptr<ServerSide> server, std::uint64_t session);
    ~WebSocket() override;

    /// To be set before the handler returns.
    void on_message(std::function<void(const WebSocketMessage&)> call) { on_message_ = std::move(call); }
    void on_close(std::function<void()> call) { on_close_ = std::move(call); }
    /// False: closed, or the peer was too slow.
    bool send(std::string_view text, FrameKind kind = FrameKind::text);
    void close(CloseCode code, std::string_view reason);

    void drain() override { close(CloseCode::going_away, "the service stops"); }
    void abort() override { out_->abort(); }
    /// Not wanted any more: it never starts. On the strand.
    void dismiss();
    /// Answers the handshake; for the connection that became this. On the strand.
    void start(std::string_view key, std::string_view first_bytes);

  private:
    void read();
    void handle();
    void handle(const WebSocketMessage& message);
    void beat();
    void gone();
    std::shared_ptr<Transport> transport_;
    std::shared_ptr<ServerSide> server_;
    std::uint64_t session_;
    std::shared_ptr<OutQueue> out_;
    FrameReader frames_;
    std::array<char, 4'096> buffer_{};
    std::function<void(const WebSocketMessage&)> on_message_;
    std::function<void()> on_close_;
    bool heard_ = true;  ///< since the last ping
};

}  // namespace aitrading::kit
