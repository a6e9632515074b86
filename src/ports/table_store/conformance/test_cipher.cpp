#include "ports/table_store/conformance/test_cipher.hpp"

#include "base/sha256.hpp"

namespace aitrading::ports::conformance::tables {
namespace {

constexpr std::size_t tag_bytes = 64;

std::string stream_over(std::string_view bytes, const std::string& key) {
    std::string out(bytes);
    for (std::size_t at = 0; at < out.size(); at += tag_bytes) {
        const std::string pad = sha256_hex(key + "/" + std::to_string(at));
        for (std::size_t i = at; i < std::min(out.size(), at + tag_bytes); ++i) out[i] = static_cast<char>(out[i] ^ pad[i - at] ^ 0x55);
    }
    return out;
}

std::string tag_of(std::string_view plain, std::string_view context, const std::string& key) {
    return sha256_hex(key + "|" + std::to_string(context.size()) + "|" + std::string(context) + std::string(plain));
}

}  // namespace

Result<std::string> TestCipher::encrypt(std::string_view plain, std::string_view context) {
    const std::string& key = keys_.rbegin()->second;
    return tag_of(plain, context, key) + stream_over(plain, key);
}

Result<std::string> TestCipher::decrypt(std::string_view sealed, std::string_view key_id, std::string_view context) {
    const auto found = keys_.find(std::string(key_id));
    if (found == keys_.end()) return fail(ErrorCode::not_found, "the cipher has no key '" + std::string(key_id) + "'");
    if (sealed.size() < tag_bytes) return fail(ErrorCode::gate_refused, "a sealed field is cut short");
    std::string plain = stream_over(sealed.substr(tag_bytes), found->second);
    if (tag_of(plain, context, found->second) != sealed.substr(0, tag_bytes))
        return fail(ErrorCode::gate_refused, "a sealed field was changed, or belongs to another row");
    return plain;
}

}  // namespace aitrading::ports::conformance::tables
