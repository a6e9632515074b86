#include "kit/http/websocket_client.hpp"

#include <array>
#include <atomic>
#include <future>

#include <fmt/format.h>

#include "kit/http/out_queue.hpp"
#include "kit/http/parser.hpp"

namespace aitrading::kit {
namespace {

constexpr std::size_t head_bytes_max = std::size_t{16} << 10;
constexpr int broken = 1006;

/// What is wrong with an answer to the handshake (RFC 6455, 4.1); ok: nothing.
Result<void> check_answer(std::string_view head, const std::string& key, const std::string& peer) {
    ResponseParser parser({.header_bytes_max = head_bytes_max, .body_bytes_max = 0}, true);
    if (parser.feed(head).state != ParseStep::State::done) return fail(ErrorCode::bad_input, peer + ": its answer is no HTTP");
    const HttpResponse answer = parser.take();
    if (answer.status != 101) return fail(ErrorCode::failed, fmt::format("{} refuses the WebSocket: {} {}", peer, answer.status, reason_of(answer.status)), answer.status == 503);
    const HttpHeaders& headers = answer.headers;
    const bool upgraded = has_token(headers.get("Upgrade"), "websocket") && has_token(headers.get("Connection"), "upgrade");
    if (!upgraded || headers.get("Sec-WebSocket-Accept") != websocket_accept(key)) return fail(ErrorCode::bad_input, peer + ": its answer is no handshake of a WebSocket");
    if (headers.has("Sec-WebSocket-Extensions") || headers.has("Sec-WebSocket-Protocol")) return fail(ErrorCode::bad_input, peer + ": it chose what was not offered");
    return {};
}

}  // namespace

struct WebSocketClient::Inside : std::enable_shared_from_this<Inside> {
    explicit Inside(WebSocketTarget given) : target(std::move(given)), peer(fmt::format("{}:{}", target.host, target.port)), frames(target.message_bytes_max, FrameSide::server) {}

    WebSocketTarget target;
    std::string peer;
    std::shared_ptr<Transport> transport;
    std::shared_ptr<OutQueue> out;
    FrameReader frames;
    std::string key = websocket_key(), wire, head;
    std::array<char, 4'096> buffer{};
    std::function<void(const WebSocketMessage&)> on_message;
    std::function<void(int)> on_closed;
    std::function<void(Result<void>)> opened;  ///< until the handshake is over
    bool heard = true, over = false;
    std::atomic<int> own_code{0};  ///< with which this side closed

    // Everything below happens on the transport's strand.
    void shake(SteadyTime until) {
        wire = fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n", target.target, peer, key);
        if (target.trace) wire += "traceparent: " + target.trace->traceparent() + "\r\n";
        wire += "\r\n";
        transport->write(wire, until, [self = shared_from_this(), until](IoOutcome outcome) {
            if (outcome == IoOutcome::done) self->read_head(until);
            else self->not_opened({ErrorCode::failed, self->peer + ": no answer to the handshake", true});
        });
    }
    void read_head(SteadyTime until) {
        transport->read(buffer, until, [self = shared_from_this(), until](IoOutcome outcome, std::size_t count) {
            if (outcome != IoOutcome::done) return self->not_opened({ErrorCode::failed, self->peer + ": no answer to the handshake", true});
            self->head.append(self->buffer.data(), count);
            const std::size_t end = self->head.find("\r\n\r\n");
            if (end == std::string::npos && self->head.size() > head_bytes_max) return self->not_opened({ErrorCode::bad_input, self->peer + ": its answer is too long", false});
            if (end == std::string::npos) return self->read_head(until);
            if (const auto good = check_answer(std::string_view(self->head).substr(0, end + 4), self->key, self->peer); !good) return self->not_opened(good.error());
            self->frames.feed(std::string_view(self->head).substr(end + 4));
            self->out->start({});
            self->beat();
            std::exchange(self->opened, {})({});
        });
    }
    void not_opened(const Error& error) {
        transport->close();
        std::exchange(opened, {})(std::unexpected(error));
    }
    void read() {
        transport->read(buffer, never, [self = shared_from_this()](IoOutcome outcome, std::size_t count) {
            if (outcome != IoOutcome::done) return self->gone(broken);
            self->frames.feed({self->buffer.data(), count});
            self->heard = true;
            self->handle();
        });
    }
    void handle() {
        while (const auto message = frames.next()) {
            if (message->kind == FrameKind::close) {
                (void)out->push(client_frame(FrameKind::close, message->bytes));
                return gone(close_code(message->bytes));
            }
            if (message->kind == FrameKind::ping) (void)out->push(client_frame(FrameKind::pong, message->bytes));
            else if (message->kind != FrameKind::pong && on_message) on_message(*message);
        }
        if (frames.problem()) {
            close(*frames.problem(), {});
            return gone(broken);
        }
        read();
    }
    void beat() {
        transport->wake_at(std::chrono::steady_clock::now() + target.heartbeat, [self = shared_from_this()] {
            if (self->over) return;
            if (!self->heard || !self->out->push(client_frame(FrameKind::ping, {}))) return self->out->abort();
            self->heard = false;
            self->beat();
        });
    }
    void gone(int code) {
        over = true;
        out->finish();
        on_message = {};
        if (const auto call = std::exchange(on_closed, {})) call(own_code != 0 ? own_code.load() : code);
    }
    /// From any thread.
    void close(CloseCode code, std::string_view reason) {
        int none = 0;
        own_code.compare_exchange_strong(none, static_cast<int>(code));
        if (!out->push(client_frame(FrameKind::close, close_bytes(code, reason)))) return out->abort();
        out->finish();
    }
};

WebSocketClient::WebSocketClient(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}
WebSocketClient::~WebSocketClient() { close(CloseCode::going_away, {}); }

Result<std::unique_ptr<WebSocketClient>> WebSocketClient::open(Reactor& reactor, const WebSocketTarget& target, Deadline deadline) {
    const auto inside = std::make_shared<Inside>(target);
    const auto promise = std::make_shared<std::promise<Result<void>>>();
    auto opened = promise->get_future();
    inside->opened = [promise](Result<void> result) { promise->set_value(std::move(result)); };
    connect(reactor, target.host, target.port, target.tls, deadline.at, [inside, until = deadline.at](Result<std::shared_ptr<Transport>> made) {
        if (!made) return std::exchange(inside->opened, {})(std::unexpected(made.error()));
        inside->transport = std::move(*made);
        inside->out = std::make_shared<OutQueue>(inside->transport, inside->target.waiting_bytes_max, inside->target.write_time);
        inside->shake(until);
    });
    TRY_VOID(opened.get());
    return std::unique_ptr<WebSocketClient>(new WebSocketClient(inside));
}

void WebSocketClient::listen(std::function<void(const WebSocketMessage&)> message, std::function<void(int)> closed) {
    inside_->transport->post([inside = inside_, message = std::move(message), closed = std::move(closed)]() mutable {
        inside->on_message = std::move(message);
        inside->on_closed = std::move(closed);
        inside->handle();
    });
}

bool WebSocketClient::send(std::string_view bytes, FrameKind kind) {
    if (inside_->out->push(client_frame(kind, bytes))) return true;
    close(CloseCode::overloaded, "too slow");
    return false;
}

void WebSocketClient::close(CloseCode code, std::string_view reason) { inside_->close(code, reason); }

}  // namespace aitrading::kit
