#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aitrading::kit {

/// Of RFC 6455, section 5.2.
enum class FrameKind : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Why a WebSocket ends (RFC 6455, section 7.4).
enum class CloseCode : std::uint16_t { normal = 1000, going_away = 1001, protocol_error = 1002, not_utf8 = 1007, refused = 1008, too_big = 1009, overloaded = 1013 };

/// A whole message, or a control frame.
struct WebSocketMessage {
    FrameKind kind = FrameKind::text;
    std::string bytes;
};

/// One unmasked frame, as a server sends it.
std::string server_frame(FrameKind kind, std::string_view bytes);
/// One frame as a client sends it, masked with four bytes that nobody can foretell.
std::string client_frame(FrameKind kind, std::string_view bytes);
/// The bytes of a close frame: code and reason (cut to 123 bytes).
std::string close_bytes(CloseCode code, std::string_view reason);
/// The code of a close frame's bytes; 1005 where they hold none.
int close_code(std::string_view bytes);
/// 16 random bytes in base64: the value of Sec-WebSocket-Key.
std::string websocket_key();
/// Base64 of SHA-1 over key and the RFC's constant: the value of Sec-WebSocket-Accept.
std::string websocket_accept(std::string_view key);

/// Whose frames are read: a client masks all of them, a server none.
enum class FrameSide { client, server };

/// Frames of one side, as they come, into messages. Bounded: a frame or message over `message_bytes_max` is refused as soon
/// as its length is known. Refused as well: frames without mask from a client and with one from a server, reserved bits (no extension is offered, so nothing is
/// packed), unknown kinds, control frames that are long or split, continuations of nothing, text that is no UTF-8.
class FrameReader {
  public:
    explicit FrameReader(std::size_t message_bytes_max, FrameSide from = FrameSide::client) : most_(message_bytes_max), from_(from) {}
    void feed(std::string_view bytes) { kept_.append(bytes); }
    /// The next whole message or control frame; none: more bytes are needed, or `problem()`.
    std::optional<WebSocketMessage> next();
    /// Why nothing comes any more.
    std::optional<CloseCode> problem() const { return problem_; }

  private:
    struct Head {
        FrameKind kind = FrameKind::text;
        bool last = false;
        std::size_t head_bytes = 0, payload_bytes = 0;
        std::string_view mask;
    };
    std::optional<Head> head();
    std::optional<WebSocketMessage> taken(const Head& head);
    std::optional<CloseCode> objection(const Head& head, bool reserved, bool masked) const;

    std::size_t most_;
    FrameSide from_;
    std::string kept_;
    std::optional<WebSocketMessage> started_;  ///< a message of which some frames have come
    std::optional<CloseCode> problem_;
};

}  // namespace aitrading::kit
