#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "engines/disk/files.hpp"
#include "ports/series_store/history_store.hpp"

namespace aitrading::engines {

struct HistoriesOptions {
    std::filesystem::path folder;
    std::int64_t part_rows = 50'000;                          ///< a pile of so many waiting rows becomes a part
    std::int64_t part_bytes = std::int64_t{32} << 20;         ///< or of so many bytes
    int checkpoint_pages = 1'000;
    std::string file_system;  ///< SQLite's name of one, for simulated disks, on which the database then lies; parts lie in `folder`
    /// Called before each step on the disk; what it returns fails the step. For tests.
    std::function<Result<void>(std::string_view step)> step;
};

/// Histories as Parquet files under `folder/tenants/TENANT/HISTORY` beside `folder/histories.sqlite`, which holds the rows that came
/// lately, the marks, and the names and sums of the parts. An append is one transaction of the database, synced. When enough rows
/// wait, they become a part, sorted by symbol and time; eight parts of a size become one of the next, twice. A part is read by one
/// row group at a time, and its sum is compared before its first row is given. One process writes, others read beside it.
/// @errors failed (another process writes: retry_helps; the disk refuses), gate_refused (damaged, another format)
Result<std::unique_ptr<ports::HistoryStore>> open_parquet_histories(HistoriesOptions options);

/// Reads what another process may be writing; changes nothing. @errors not_found (nothing was ever kept here), gate_refused, failed
Result<std::unique_ptr<ports::HistoryReader>> read_parquet_histories(const std::filesystem::path& folder);

/// While it is held no file of the histories is removed, so that a copy of the database and then of the files fits together. Empty
/// where there are no histories. @errors failed
Result<FileHandle> keep_history_files(const std::filesystem::path& folder);

}  // namespace aitrading::engines
