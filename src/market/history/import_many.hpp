#pragma once

#include <span>

#include "market/history/import.hpp"

namespace aitrading::market {

/// What became of one of many files.
struct FileOutcome {
    std::filesystem::path path;
    Result<ImportReport> report;
};

/// What the files of a command are, folders searched to their depth, in the order of their names. In a folder only files
/// count that may hold prices by the end of their name (.csv .txt .tsv .gz .zip .bi5 .hst …, or none); the others are
/// counted. A named file always counts.
struct FoundFiles {
    std::vector<std::filesystem::path> files;
    std::int64_t left_out = 0;  ///< other files in folders
};
/// @errors not_found, bad_input (a folder that cannot be read, or in which no file counts)
Result<FoundFiles> find_files(std::span<const std::filesystem::path> paths);

/// Imports files as import_file does each, but merges all that belong to one series at once, so that a series of a thousand
/// files is written once, not a thousand times. A bad file does not stop the others. Outcomes are in the order of the files.
/// Files of one side of the quotes (bid or ask, as their names or the user say) of one series are joined to both sides.
/// Memory: the bars of some million rows; of ticks one file at a time.
/// @param progress files read so far, called after each
std::vector<FileOutcome> import_files(std::span<const std::filesystem::path> files, const ImportOptions& options,
                                      ports::SeriesStore& store, const std::function<void(std::int64_t)>& progress = {});

}  // namespace aitrading::market
