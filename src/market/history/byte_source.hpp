#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"

namespace aitrading::market {

/// The bytes of a file, unpacked: plain, gzip (all members), LZMA, xz, or the one file inside a zip. Which of them it is shows in
/// the first bytes, not in the name. Memory: one buffer.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    /// Fills up to `out.size()` bytes; 0 at the end. @errors bad_input (truncated, damaged, or unpacking to
    /// more than any prices do), failed (disk)
    virtual Result<std::size_t> read(std::span<char> out) = 0;
    /// Name of the file inside the archive, empty where there is none.
    virtual const std::string& inner_name() const = 0;
    /// What a user should know once everything was read: bytes that were left out. Mostly empty.
    virtual std::string remark() const { return {}; }
};

/// @errors not_found; bad_input (empty file, folder, archive without exactly one data file, unknown compression)
Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path);
/// The same over bytes in memory; `path` is for messages. @pre `bytes` outlives the source
Result<std::unique_ptr<ByteSource>> open_bytes(std::span<const char> bytes, const std::filesystem::path& path);

}  // namespace aitrading::market
