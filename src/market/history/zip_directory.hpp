#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "base/result.hpp"

namespace aitrading::market {

/// Where the packed bytes of one file lie inside a zip.
struct ZipEntry {
    std::string name;
    int method = 0;  ///< 0 stored, 8 deflated
    std::uint32_t checksum = 0;
    std::uint64_t packed_bytes = 0, unpacked_bytes = 0, data_offset = 0;
};

using ReadAt = std::function<Result<std::size_t>(std::uint64_t offset, std::span<char> out)>;

/// The one data file of a zip; folders and hidden or `__MACOSX` entries do not count. Follows PKWARE's APPNOTE 6.3,
/// sections 4.3.7 to 4.3.16; sizes in zip64 fields are read, a directory beyond 4 GB and
/// encrypted files are refused.
/// @errors bad_input
Result<ZipEntry> find_zip_entry(const ReadAt& read_at, std::uint64_t size, const std::filesystem::path& path);

}  // namespace aitrading::market
