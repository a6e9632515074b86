#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"

namespace aitrading::engines {

/// One immutable Parquet file of a series.
struct Part {
    std::string file;
    std::int64_t rows = 0;
    UnixNanos first, last;
    int price_digits = 5;  ///< prices are stored times 10^price_digits
    std::int64_t time_unit = 1;  ///< times are stored in this many nanoseconds
    std::int64_t size_unit = 1;  ///< quantities are stored in this many millionths
    friend bool operator==(const Part&, const Part&) = default;
};

/// What a series consists of; the file `series.manifest` in its folder.
///
/// Version 1: ticks as `time,bid,ask,bid_size,ask_size` in nanoseconds and millionths. Version 2: `spread` (ask - bid) in
/// place of `ask`, times and quantities in units that each part names. Both are read, version 2 is written; bars lie alike
/// in both.
struct Manifest {
    int version = 2;
    SeriesInfo info;
    std::int64_t generation = 0;  ///< counts replacements; part names carry it, so that no name is used twice
    std::vector<Part> parts;
};

std::string to_text(const Manifest& manifest);
/// @errors failed, naming the line
Result<Manifest> parse_manifest(std::string_view text, const std::filesystem::path& file);

/// Folder name of a symbol: letters, digits, `_`, `-` and inner dots stay, every other byte becomes %XX.
std::string folder_name(std::string_view symbol);

}  // namespace aitrading::engines
