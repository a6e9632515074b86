#include "ports/archive/archive.hpp"

#include <algorithm>

#include "domain/tenant.hpp"

namespace aitrading::ports {
namespace {

constexpr std::size_t id_characters = 64, word_characters_max = 200, piece_bytes = std::size_t{1} << 20;

}  // namespace

Result<std::string> Archive::put(std::string_view tenant, std::string_view bytes, std::optional<UnixNanos> keep_until) {
    TRY(const auto writer, create(tenant));
    TRY_VOID(writer->write(bytes));
    return writer->finish(keep_until);
}

Result<std::string> Archive::get(ObjectName name, std::size_t bytes_max) {
    TRY(const auto reader, open(name));
    if (reader->bytes() > bytes_max)
        return fail(ErrorCode::usage, "object " + std::string(name.id) + " has " + std::to_string(reader->bytes()) + " bytes: read it piece by piece");
    std::string all;
    while (true) {
        TRY(const std::string piece, reader->read(piece_bytes));
        if (piece.empty()) return all;
        all += piece;
    }
}

Result<void> check_object(ObjectName name) {
    TRY_VOID(check_tenant(name.tenant));
    const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (name.id.size() == id_characters && std::ranges::all_of(name.id, digit)) return {};
    return fail(ErrorCode::usage, "'" + std::string(name.id.substr(0, id_characters)) + "' names no object: an id has 64 lower-case hexadecimal digits");
}

Result<void> check_archive_word(std::string_view kind, std::string_view word) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    };
    if (!word.empty() && word.front() != '.' && word.size() <= word_characters_max && std::ranges::all_of(word, fits)) return {};
    return fail(ErrorCode::usage, "a " + std::string(kind) + " has 1 to 200 letters, digits, dots, dashes or underscores, and begins with no dot");
}

std::string keeping_reason(const ObjectEntry& entry, const std::vector<std::string>& referring, UnixNanos now) {
    if (!entry.holds.empty()) return "object " + entry.id + " is held: " + entry.holds.front() + "; release it first";
    if (entry.kept_until && now < *entry.kept_until) return "object " + entry.id + " is kept until " + to_iso8601(*entry.kept_until);
    if (!referring.empty()) return "object " + entry.id + " is what '" + referring.front() + "' refers to; forget that first";
    return {};
}

}  // namespace aitrading::ports
