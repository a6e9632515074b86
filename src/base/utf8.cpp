#include "base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace aitrading {
namespace {

/// Bytes of the character that begins here; 0: none does. The second byte's narrower ranges are RFC 3629, section 4.
std::size_t character_bytes(std::string_view text) {
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned>(static_cast<unsigned char>(text[i])) : 0U; };
    const auto follows = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
    const unsigned first = at(0), second = at(1);
    if (first < 0x80) return 1;
    if (first < 0xC2) return 0;
    if (first < 0xE0) return follows(1) ? 2 : 0;
    if (first < 0xF0) {
        const bool narrow = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F);
        return !narrow && follows(1) && follows(2) ? 3 : 0;
    }
    if (first > 0xF4 || (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
    return follows(1) && follows(2) && follows(3) ? 4 : 0;
}

}  // namespace

bool is_utf8(std::string_view text) { return utf8_prefix(text) == text.size(); }

std::size_t utf8_prefix(std::string_view text) {
    const std::size_t whole = text.size();
    while (!text.empty()) {
        // Most text is ASCII: eight characters at a time.
        for (std::uint64_t eight = 0; text.size() >= sizeof eight; text.remove_prefix(sizeof eight)) {
            std::memcpy(&eight, text.data(), sizeof eight);
            if ((eight & 0x8080808080808080U) != 0) break;
        }
        if (text.empty()) break;
        const std::size_t bytes = character_bytes(text);
        if (bytes == 0) break;
        text.remove_prefix(bytes);
    }
    return whole - text.size();
}

}  // namespace aitrading
