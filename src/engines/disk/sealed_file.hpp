#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ports/cipher/cipher.hpp"

namespace aitrading::engines {

/// Replaces `file` as a whole by `bytes` between a magic word and a checksum, encrypted where there is a cipher: after a
/// power cut the old or the new content is there. The context of encryption is the magic word and the file's name.
/// @errors failed (disk full, …; the old content stays)
Result<void> write_sealed(const std::filesystem::path& file, std::string_view magic, std::string_view bytes, ports::Cipher* cipher);

/// What `write_sealed` laid there. @errors not_found (no such file), gate_refused (damaged, or encrypted with another key;
/// names the file), failed
Result<std::string> read_sealed(const std::filesystem::path& file, std::string_view magic, ports::Cipher* cipher);

}  // namespace aitrading::engines
