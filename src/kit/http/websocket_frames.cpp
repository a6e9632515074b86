#include "kit/http/websocket_frames.hpp"

#include <array>
#include <utility>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/check.hpp"
#include "base/utf8.hpp"

namespace aitrading::kit {
namespace {

bool is_control(FrameKind kind) { return static_cast<std::uint8_t>(kind) >= 8; }

bool is_known(std::uint8_t kind) { return kind <= 2 || (kind >= 8 && kind <= 10); }

/// Whether a close frame's bytes may be sent: nothing, or a code that is defined and a reason in UTF-8.
bool is_good_close(std::string_view bytes) {
    if (bytes.empty()) return true;
    if (bytes.size() == 1) return false;
    const int code = static_cast<unsigned char>(bytes[0]) * 256 + static_cast<unsigned char>(bytes[1]);
    const bool defined = (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) || (code >= 3000 && code <= 4999);
    return defined && is_utf8(bytes.substr(2));
}

void flip(std::string& bytes, std::string_view mask) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bytes[i] ^ mask[i % 4]);
}

std::string base64(const unsigned char* bytes, int size) {
    std::array<unsigned char, 64> out{};
    const int written = EVP_EncodeBlock(out.data(), bytes, size);
    return {reinterpret_cast<const char*>(out.data()), static_cast<std::size_t>(written)};
}

}  // namespace

std::string client_frame(FrameKind kind, std::string_view bytes) {
    std::array<unsigned char, 4> random{};
    CHECK(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
    const std::string mask(random.begin(), random.end());
    std::string out = server_frame(kind, bytes);
    std::string body = out.substr(out.size() - bytes.size());
    flip(body, mask);
    out.resize(out.size() - bytes.size());
    out[1] = static_cast<char>(out[1] | static_cast<char>(0x80));
    return out + mask + body;
}

int close_code(std::string_view bytes) { return bytes.size() < 2 ? 1005 : static_cast<unsigned char>(bytes[0]) * 256 + static_cast<unsigned char>(bytes[1]); }

std::string websocket_key() {
    std::array<unsigned char, 16> random{};
    CHECK(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
    return base64(random.data(), static_cast<int>(random.size()));
}

std::string server_frame(FrameKind kind, std::string_view bytes) {
    std::string out;
    out += static_cast<char>(0x80 | static_cast<std::uint8_t>(kind));
    const std::uint64_t size = bytes.size();
    const int length_bytes = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
    out += static_cast<char>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
    for (int i = length_bytes - 1; i >= 0; --i) out += static_cast<char>(size >> (8 * i));
    return out.append(bytes);
}

std::string close_bytes(CloseCode code, std::string_view reason) {
    const auto number = static_cast<std::uint16_t>(code);
    std::string out{static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
    return out.append(reason.substr(0, 123));
}

std::string websocket_accept(std::string_view key) {
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), sum.data(), &size, EVP_sha1(), nullptr);
    return base64(sum.data(), static_cast<int>(size));
}

std::optional<CloseCode> FrameReader::objection(const Head& head, bool reserved, bool masked) const {
    if (reserved || masked != (from_ == FrameSide::client)) return CloseCode::protocol_error;
    if (is_control(head.kind)) return head.last && head.payload_bytes <= 125 ? std::nullopt : std::optional(CloseCode::protocol_error);
    if ((head.kind == FrameKind::continuation) != started_.has_value()) return CloseCode::protocol_error;
    const std::size_t before = started_ ? started_->bytes.size() : 0;
    return head.payload_bytes > most_ - before ? std::optional(CloseCode::too_big) : std::nullopt;
}

std::optional<FrameReader::Head> FrameReader::head() {
    if (kept_.size() < 2) return std::nullopt;
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(kept_[i]); };
    const auto kind = static_cast<std::uint8_t>(at(0) & 0x0f);
    if (!is_known(kind)) {
        problem_ = CloseCode::protocol_error;
        return std::nullopt;
    }
    Head out{static_cast<FrameKind>(kind), (at(0) & 0x80) != 0, 2, at(1) & 0x7fU, {}};
    const std::size_t length_bytes = out.payload_bytes == 126 ? 2 : out.payload_bytes == 127 ? 8 : 0;
    if (kept_.size() < 2 + length_bytes) return std::nullopt;
    if (length_bytes > 0) {
        std::uint64_t size = 0;
        for (std::size_t i = 0; i < length_bytes; ++i) size = size << 8 | at(2 + i);
        out.payload_bytes = size;
    }
    problem_ = objection(out, (at(0) & 0x70) != 0, (at(1) & 0x80) != 0);
    if (problem_) return std::nullopt;
    const std::size_t mask_bytes = from_ == FrameSide::client ? 4 : 0;
    out.head_bytes = 2 + length_bytes + mask_bytes;
    if (kept_.size() < out.head_bytes + out.payload_bytes) return std::nullopt;
    out.mask = std::string_view(kept_).substr(out.head_bytes - mask_bytes, mask_bytes);
    return out;
}

std::optional<WebSocketMessage> FrameReader::taken(const Head& head) {
    std::string bytes = kept_.substr(head.head_bytes, head.payload_bytes);
    if (!head.mask.empty()) flip(bytes, head.mask);
    kept_.erase(0, head.head_bytes + head.payload_bytes);
    if (is_control(head.kind)) {
        if (head.kind == FrameKind::close && !is_good_close(bytes)) problem_ = CloseCode::protocol_error;
        return problem_ ? std::nullopt : std::optional(WebSocketMessage{head.kind, std::move(bytes)});
    }
    if (!started_) started_.emplace(head.kind, std::string());
    started_->bytes += bytes;
    if (!head.last) return std::nullopt;
    WebSocketMessage out = *std::exchange(started_, std::nullopt);
    if (out.kind == FrameKind::text && !is_utf8(out.bytes)) {
        problem_ = CloseCode::not_utf8;
        return std::nullopt;
    }
    return out;
}

std::optional<WebSocketMessage> FrameReader::next() {
    while (!problem_) {
        const std::optional<Head> complete = head();
        if (!complete) return std::nullopt;
        if (auto message = taken(*complete)) return message;
    }
    return std::nullopt;
}

}  // namespace aitrading::kit
