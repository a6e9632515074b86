#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading::engines {

struct BackupReport {
    std::int64_t files = 0, databases = 0, bytes = 0;  ///< databases are among the files
};

struct BackupOptions {
    UnixNanos now;
    /// Folders of the home whose databases are copied last: nothing else in the backup then knows of anything that they lack.
    std::vector<std::string> last;
    /// Folders of files that only grow and never stand still, such as logs: each is copied as far as it has come.
    std::vector<std::string> growing;
};

/// A copy of all that the home keeps, made beside whatever writes to it, in the new folder `out`: files, and `SHA256SUMS`
/// (which sha256sum reads) with their sums and its own. Each SQLite database is one committed state. All other files together
/// are one moment's: they are copied until none of them has changed meanwhile. `out` appears when it is complete and synced.
/// Left out: cache/, run/, lock files, before-format-*, what is hidden or unfinished.
/// @errors not_found (no home), usage (`out` is there, or inside the home), failed (files that never stand still: retry_helps; disk)
Result<BackupReport> back_up_home(const std::filesystem::path& home, const std::filesystem::path& out, const BackupOptions& options);

/// Every sum of a backup, every file that it should have and none beside, and the structure of its databases. Changes nothing.
/// @errors not_found, gate_refused (what is damaged, named), failed
Result<BackupReport> check_backup(const std::filesystem::path& backup);

/// Makes the home out of a backup that it checks first; the home appears when it is complete, checked and synced.
/// @errors usage (the home is there and not empty), as check_backup
Result<BackupReport> restore_home(const std::filesystem::path& backup, const std::filesystem::path& home);

/// One committed state of a database as a new file, synced; writers go on meanwhile. @errors failed (`to` is there), gate_refused
Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to);

/// Structure of every database of a home, beside whatever writes to it. @errors not_found, gate_refused, failed
Result<BackupReport> check_home(const std::filesystem::path& home);

}  // namespace aitrading::engines
