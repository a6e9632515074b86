#pragma once

#include <filesystem>
#include <memory>

#include "base/result.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::engines {

struct ParquetStoreOptions {
    /// Rows of one part file. A part is written and read as a whole, which bounds the memory of both to about 60 MB.
    std::size_t part_rows = 1'000'000;
};

/// A series store that can hand out a series as one Parquet file for other programs.
class ParquetSeriesStore : public ports::SeriesStore {
  public:
    /// Writes `time` as a timestamp of nanoseconds (UTC), prices and quantities as doubles, under the names of the CSV
    /// export. The file appears whole or not at all; memory is bounded by DuckDB. Returns the rows written.
    /// @errors not_found, failed
    virtual Result<std::int64_t> export_parquet(const SeriesKey& key, const std::filesystem::path& out) const = 0;
};

/// Series as Parquet files under `<home>/data/<symbol>/<timeframe>/`: immutable part files with prices as integers
/// (ZSTD), and `series.manifest`, which names them and is replaced by an atomic rename. A reader opens what one manifest
/// names and keeps it, whatever a writer does meanwhile; parts that no manifest names are removed by the next writer.
/// Writers of one series take turns through a file lock. DuckDB runs in memory with one thread a query.
///
/// Opening creates nothing; the home is made by the first write, in the format of `home_format_version`.
/// @errors failed (the home's format is newer than this build knows)
Result<std::unique_ptr<ParquetSeriesStore>> open_parquet_store(const std::filesystem::path& home,
                                                               ParquetStoreOptions options = {});

}  // namespace aitrading::engines
