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
    friend bool operator==(const Part&, const Part&) = default;
};

/// What a series consists of; the file `series.manifest` in its folder.
struct Manifest {
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
