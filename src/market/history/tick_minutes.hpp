#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "market/history/import.hpp"

namespace aitrading::market {

/// The minutes of a file of ticks in which quotes came, on the file's own clock, and how far the bid went in each.
struct TickMinutes {
    std::vector<std::int64_t> wall_nanos, range;
};

/// Reads a file of ticks once to see its clock, up to its first two million minutes. @errors as import_file
Result<TickMinutes> scan_tick_minutes(const std::filesystem::path& path, const ImportOptions& options);

}  // namespace aitrading::market
