#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading::engines::home {

inline constexpr const char* sums_name = "SHA256SUMS";

struct Sum {
    std::string sha256;
    std::int64_t bytes = 0;
};

/// Sums by path below the backup, with '/' between its parts.
using Sums = std::map<std::string, Sum>;

/// The text of SHA256SUMS: lines that sha256sum checks, and remarks with when, sizes and the sum of all above.
std::string sums_text(const Sums& sums, UnixNanos made);
/// @errors gate_refused (cut short, changed, no such text), naming `where`
Result<Sums> read_sums(const std::string& text, const std::string& where);

/// Copies a file in pieces and sums it on the way; `to` is new and synced. Without `to` it only sums. @errors not_found, failed
Result<Sum> copy_file(const std::filesystem::path& from, const std::filesystem::path* to);

}  // namespace aitrading::engines::home
