#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "ports/table_store/table_engine.hpp"

namespace aitrading::engines {

struct SqliteTablesOptions {
    std::filesystem::path file;  ///< its folder is made where it is missing
    ports::PoolOptions pool;
    /// SQLite's name of another file system, for tests that simulate a disk; then `file` is only a name there.
    std::string file_system;
    /// Pages of 8 KiB of log after which a commit copies it into the file: 8 MB, a copy of some milliseconds.
    int checkpoint_pages = 1'000;
};

/// TableEngine on one SQLite file: write-ahead log, every commit synced, a table of rows in key order for each table. Readers
/// see one state and hinder nobody; writers take turns, in this process and among several.
/// A write or sync that the disk refuses stops writing for as long as the engine lives: no step is tried again in silence.
/// @errors failed (folder not writable, disk full), gate_refused (damaged, newer format)
Result<std::unique_ptr<ports::TableEngine>> open_sqlite_tables(const SqliteTablesOptions& options);

}  // namespace aitrading::engines
