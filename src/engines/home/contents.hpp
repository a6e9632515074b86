#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace aitrading::engines::home {

/// When a file was last another one; equal stamps mean equal bytes.
struct Stamp {
    std::uint64_t inode = 0;
    std::int64_t bytes = 0, changed_ns = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
};

/// What a home keeps, as paths below it.
struct Contents {
    std::map<std::string, Stamp> files;
    std::vector<std::string> databases;  ///< SQLite's, in order
};

/// Looks through a home, or a backup. @errors not_found, failed (a name with control characters; not readable)
Result<Contents> contents_of(const std::filesystem::path& folder);

}  // namespace aitrading::engines::home
