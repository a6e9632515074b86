#include "engines/disk/sealed_file.hpp"

#include "base/bytes.hpp"
#include "engines/disk/files.hpp"

namespace aitrading::engines {
namespace {

std::string context_of(const std::filesystem::path& file, std::string_view magic) {
    return std::string(magic) + file.filename().string();
}

}  // namespace

Result<void> write_sealed(const std::filesystem::path& file, std::string_view magic, std::string_view bytes, ports::Cipher* cipher) {
    ByteWriter out;
    if (cipher == nullptr) {
        out.put_text("");
        out.put_text(bytes);
        return replace_file(file, out.sealed(magic));
    }
    const std::string key = cipher->key_id();
    TRY(const std::string hidden, cipher->encrypt(bytes, context_of(file, magic)));
    out.put_text(key);
    out.put_text(hidden);
    return replace_file(file, out.sealed(magic));
}

Result<std::string> read_sealed(const std::filesystem::path& file, std::string_view magic, ports::Cipher* cipher) {
    TRY(const std::string whole, read_small_file(file));
    auto opened = ByteReader::unseal(whole, magic, file.string());
    if (!opened) return fail(ErrorCode::gate_refused, std::move(opened.error().text));
    const std::string key = opened->get_text();
    std::string body = opened->get_text();
    if (!opened->at_end()) return fail(ErrorCode::gate_refused, file.string() + ": damaged; restore it from a backup");
    if (key.empty()) return body;
    if (cipher == nullptr) return fail(ErrorCode::gate_refused, file.string() + ": is encrypted with key '" + key + "', and no cipher is set");
    auto plain = cipher->decrypt(body, key, context_of(file, magic));
    if (plain) return plain;
    return fail(ErrorCode::gate_refused, file.string() + ": cannot be decrypted: " + plain.error().text);
}

}  // namespace aitrading::engines
