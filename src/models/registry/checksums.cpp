#include <fmt/format.h>

#include <charconv>

#include "base/hash.hpp"
#include "models/registry/registry.hpp"

namespace aitrading::models {
namespace {

std::string hash_of(std::string_view bytes) {
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

std::string lines_of(std::span<const FileChecksum> files) {
    std::string text;
    for (const FileChecksum& file : files) text += fmt::format("{} {} {}\n", file.hash, file.size_bytes, file.file);
    return text;
}

}  // namespace

FileChecksum checksum_of(std::string_view file, std::string_view bytes) {
    return {std::string(file), bytes.size(), hash_of(bytes)};
}

std::string checksum_text(std::span<const FileChecksum> files) {
    const std::string lines = lines_of(files);
    return lines + "content " + hash_of(lines) + "\n";
}

Result<ChecksumList> parse_checksums(std::string_view text, std::string_view file) {
    ChecksumList list;
    std::string_view rest = text;
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
    if (list.files.empty() || checksum_text(list.files) != text)
        return std::unexpected(Error{ErrorCode::gate_refused,
                                     fmt::format("{}: the checksum list is damaged; restore this version from a backup "
                                                 "or train the model again", file), false});
    return list;
}

}  // namespace aitrading::models
