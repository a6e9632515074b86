#include <fmt/format.h>

#include <charconv>

#include "base/hash.hpp"
#include "base/sha256.hpp"
#include "models/registry/registry.hpp"

namespace aitrading::models {
namespace {

constexpr int newest_format = 2;
constexpr std::string_view format_word = "format ";

/// Format 1 had the 64-bit fingerprint, which guards against accidents only.
std::string hash_of(std::string_view bytes, int format) {
    if (format >= 2) return sha256_hex(bytes);
    Fingerprint fingerprint;
    fingerprint.add(bytes);
    return fingerprint.hex();
}

std::string_view take_until(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return part;
}

std::string text_of(std::span<const FileChecksum> files, int format) {
    std::string lines = format >= 2 ? fmt::format("{}{}\n", format_word, format) : "";
    for (const FileChecksum& file : files) lines += fmt::format("{} {} {}\n", file.hash, file.size_bytes, file.file);
    return lines + "content " + hash_of(lines, format) + "\n";
}

/// The number behind `format `, which format 1 does not state; 0 where it is none.
int take_format(std::string_view& rest) {
    if (!rest.starts_with(format_word)) return 1;
    std::string_view line = take_until(rest, '\n');
    line.remove_prefix(format_word.size());
    int format = 0;
    const auto [end, problem] = std::from_chars(line.data(), line.data() + line.size(), format);
    return problem == std::errc{} && end == line.data() + line.size() ? format : 0;
}

}  // namespace

FileChecksum checksum_of(std::string_view file, std::string_view bytes) {
    return {std::string(file), bytes.size(), hash_of(bytes, newest_format)};
}

bool FileChecksum::matches(std::string_view bytes) const {
    constexpr std::size_t digits_of_format_1 = 16;
    return bytes.size() == size_bytes && hash_of(bytes, hash.size() == digits_of_format_1 ? 1 : newest_format) == hash;
}

std::string checksum_text(std::span<const FileChecksum> files) { return text_of(files, newest_format); }

Result<ChecksumList> parse_checksums(std::string_view text, std::string_view file) {
    ChecksumList list;
    std::string_view rest = text;
    const int format = take_format(rest);
    if (format > newest_format)
        return fail(ErrorCode::bad_input, fmt::format("{}: format {} is newer than this build knows ({}); use a newer aitrading", file,
                                                      format, newest_format));
    while (!rest.empty()) {
        std::string_view line = take_until(rest, '\n');
        const std::string_view hash = take_until(line, ' ');
        if (hash == "content") {
            list.content_hash = line;
            break;
        }
        const std::string_view size_text = take_until(line, ' ');
        FileChecksum entry{std::string(line), 0, std::string(hash)};
        std::from_chars(size_text.data(), size_text.data() + size_text.size(), entry.size_bytes);
        list.files.push_back(std::move(entry));
    }
    // Writing the list again must give the same bytes: that covers every way in which it can be damaged.
    if (list.files.empty() || text_of(list.files, format) != text)
        return fail(ErrorCode::gate_refused, fmt::format("{}: the checksum list is damaged; restore this version from a backup or train "
                                                         "the model again", file));
    return list;
}

}  // namespace aitrading::models
