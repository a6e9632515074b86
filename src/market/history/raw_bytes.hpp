#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.hpp"

namespace aitrading::market {

/// Random access to packed bytes, from a file or from memory.
class RawBytes {
  public:
    virtual ~RawBytes() = default;
    /// 0 at the end. @errors failed
    virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) = 0;
    virtual std::uint64_t size() const = 0;
};

/// @errors not_found, bad_input (no regular file)
Result<std::unique_ptr<RawBytes>> open_raw_file(const std::filesystem::path& path);
/// @pre `bytes` outlives the result
std::unique_ptr<RawBytes> open_raw_memory(std::span<const char> bytes);

/// An archive whose content cannot be trusted.
Error damaged(const std::filesystem::path& path, std::string_view what);

}  // namespace aitrading::market
