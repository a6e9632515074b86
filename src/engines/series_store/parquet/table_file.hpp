#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace aitrading::engines {

/// Room for the next rows of a table, one span a column, all equally long.
struct TableBlock {
    std::span<std::int64_t> time_nanos;       ///< UNIX nanoseconds, UTC
    std::vector<std::span<double>> columns;   ///< a value that is not finite is stored as missing

    std::size_t capacity() const { return time_nanos.size(); }
};

/// Fills the block from its beginning and returns the rows put there; 0 ends the table. An error ends it without a file.
using TableSource = std::function<Result<std::size_t>(TableBlock& block)>;

struct TableFile {
    std::vector<std::string> names;  ///< of the columns behind `time`, at least one
    std::string note;                ///< kept in the file's metadata under the key `aitrading`
};

/// Writes a Parquet file for other programs: `time` as a timestamp of nanoseconds, then doubles with nulls where a value
/// is missing, ZSTD. The file appears whole or not at all. Rows are pulled as they are needed; memory holds one row group
/// of about 16 MB. Returns the rows written. @errors failed (with the path), those of the source
Result<std::int64_t> write_parquet_table(const std::filesystem::path& out, const TableFile& table,
                                         const TableSource& source);

}  // namespace aitrading::engines
