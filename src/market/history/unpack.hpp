#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "market/history/byte_source.hpp"
#include "market/history/raw_bytes.hpp"
#include "market/history/zip_directory.hpp"

namespace aitrading::market {

/// Refuses archives that unpack to far more than they hold. Prices compress 5 to 60 times; a bomb a thousand times. Small
/// content is let pass whatever its ratio.
class UnpackLimit {
  public:
    static constexpr std::uint64_t free_bytes = 64 << 20, ratio_max = 250;
    /// @errors bad_input
    static Result<void> check(const std::filesystem::path& path, std::uint64_t packed, std::uint64_t unpacked);
};

/// A gzip stream of any number of members, or (`entry`) the deflated file of a zip.
std::unique_ptr<ByteSource> make_inflate_source(std::unique_ptr<RawBytes> raw, std::filesystem::path path,
                                                const ZipEntry* entry);
/// A zip entry that is stored as it is.
std::unique_ptr<ByteSource> make_stored_source(std::unique_ptr<RawBytes> raw, std::filesystem::path path, ZipEntry entry);
/// LZMA alone (`.lzma`, Dukascopy's `.bi5`) or xz.
std::unique_ptr<ByteSource> make_lzma_source(std::unique_ptr<RawBytes> raw, std::filesystem::path path);

/// Whether the first bytes are those of LZMA alone or of xz. LZMA alone has no magic: its first 13 bytes must be properties,
/// a dictionary of 2^n or 2^n + 2^(n-1) bytes and a plausible size, as in liblzma's own test; no text has such.
bool begins_like_lzma(std::string_view head);

}  // namespace aitrading::market
