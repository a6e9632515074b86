#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "engines/series_store/parquet/table_file.hpp"

namespace aitrading::engines {

/// DuckDB in memory, used to write and read Parquet files: series, whose columns are all 64-bit integers with `time` first,
/// and tables of numbers.
/// The only file that sees DuckDB's header is duck.cpp.
class Duck {
  public:
    /// @errors failed
    static Result<std::unique_ptr<Duck>> open();
    ~Duck();
    Duck(const Duck&) = delete;
    Duck& operator=(const Duck&) = delete;

    /// Writes a whole file. @pre columns have equal length, one name each @errors failed
    Result<void> write(const std::filesystem::path& file, const std::vector<std::string>& names,
                       const std::vector<std::span<const std::int64_t>>& columns);

    /// Writes a column `time` (timestamp of nanoseconds) and one of doubles for each name, pulling the rows from `source`
    /// until it has none: memory holds one row group of at most `group_rows`. `note` is kept in the file under the key
    /// `aitrading`. Returns the rows. @errors failed, those of the source
    Result<std::int64_t> write_table(const std::filesystem::path& file, const std::vector<std::string>& names,
                                     const std::string& note, std::size_t group_rows, const TableSource& source) const;

    /// Writes the rows of a query to a Parquet file. @errors failed
    Result<void> copy(const std::string& select, const std::filesystem::path& file) const;

    /// Up to 2,048 rows; one pointer a column, in the order asked. Returning false ends the stream.
    using ChunkSink = std::function<bool(std::size_t rows, const std::vector<const std::int64_t*>& columns)>;
    /// Rows whose time lies in `range`, in file order, without materialising the file. Returns false when the sink
    /// ended the stream. @errors failed (the file cannot be read)
    Result<bool> read(const std::string& file, const std::vector<std::string>& names, TimeRange range,
                      const ChunkSink& sink) const;

  private:
    Duck() = default;
    struct Handles;
    std::unique_ptr<Handles> handles_;
};

}  // namespace aitrading::engines
