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
/// DuckDB's header is seen by duck.cpp, and by the one file of histories that reads and writes their parts through `raw`.
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

    /// Rows of one file on their way out, chunk by chunk, without materialising the file.
    class Rows {
      public:
        ~Rows();
        Rows(const Rows&) = delete;
        Rows& operator=(const Rows&) = delete;
        /// Up to 2,048 rows, 0 at the end; `columns` gets one pointer a column, in the order asked, valid until the next
        /// call. @errors failed (the file cannot be read)
        Result<std::size_t> next(std::vector<const std::int64_t*>& columns);

      private:
        friend class Duck;
        Rows() = default;
        struct Query;
        std::unique_ptr<Query> query_;
    };
    /// Rows whose `time` column, a count of `time_unit` nanoseconds, lies in `range`, in file order. Used up before this
    /// object dies. @errors failed
    Result<std::unique_ptr<Rows>> rows(const std::string& file, const std::vector<std::string>& names, TimeRange range,
                                       std::int64_t time_unit) const;

    /// The duckdb_database.
    void* raw() const;

  private:
    Duck() = default;
    struct Handles;
    std::unique_ptr<Handles> handles_;
};

}  // namespace aitrading::engines
