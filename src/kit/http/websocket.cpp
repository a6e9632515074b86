#include "kit/http/websocket.hpp"

#include "kit/http/server_side.hpp"

namespace aitrading::kit {

WebSocket::WebSocket(std::shared_ptr<Transport> transport, std::shared_ptr<ServerSide> server, std::uint64_t session)
    : transport_(std::move(transport)), server_(std::move(server)), session_(session),
      out_(std::make_shared<OutQueue>(transport_, server_->options.stream_bytes_max, server_->options.write_time)),
      frames_(server_->options.message_bytes_max) {}

WebSocket::~WebSocket() = default;

bool WebSocket::send(std::string_view text, FrameKind kind) {
    if (out_->push(server_frame(kind, text))) return true;
    close(CloseCode::overloaded, "too slow");
    return false;
}

void WebSocket::close(CloseCode code, std::string_view reason) {
    if (!out_->push(server_frame(FrameKind::close, close_bytes(code, reason)))) return out_->abort();
    out_->finish();
}

void WebSocket::start(std::string_view key, std::string_view first_bytes) {
    out_->start("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + websocket_accept(key) + "\r\n\r\n");
    frames_.feed(first_bytes);
    beat();
    handle();
}

void WebSocket::read() {
    transport_->read(buffer_, never, [self = shared_from_this()](IoOutcome outcome, std::size_t count) {
        if (outcome != IoOutcome::done) return self->gone();
        self->frames_.feed({self->buffer_.data(), count});
        self->heard_ = true;
        self->handle();
    });
}

void WebSocket::handle() {
    while (const auto message = frames_.next()) {
        handle(*message);
        if (message->kind == FrameKind::close) return gone();
    }
    if (frames_.problem()) {
        close(*frames_.problem(), "");
        return gone();
    }
    read();
}

void WebSocket::handle(const WebSocketMessage& message) {
    switch (message.kind) {
        case FrameKind::ping: (void)out_->push(server_frame(FrameKind::pong, message.bytes)); break;
        case FrameKind::close:
            (void)out_->push(server_frame(FrameKind::close, message.bytes));
            out_->finish();
            break;
        case FrameKind::text:
        case FrameKind::binary:
            if (on_message_) server_->gate->pass([&] { on_message_(message); });
            break;
        case FrameKind::pong:
        case FrameKind::continuation: break;
    }
}

void WebSocket::beat() {
    transport_->wake_at(std::chrono::steady_clock::now() + server_->options.heartbeat, [self = shared_from_this()] {
        if (!self->heard_ || !self->out_->push(server_frame(FrameKind::ping, {}))) return self->out_->abort();
        self->heard_ = false;
        self->beat();
    });
}

/// Nothing more comes from the peer; what is queued, such as the answer to its close, still goes out.
void WebSocket::gone() {
    dismiss();  // before it leaves: a server without sessions has told everybody
    server_->sessions.leave(session_);
}

void WebSocket::dismiss() {
    out_->finish();
    on_message_ = {};
    if (const auto call = std::exchange(on_close_, {})) server_->gate->pass(call);
}

}  // namespace aitrading::kit
