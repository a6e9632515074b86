#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "ports/event_bus/event_bus.hpp"

namespace aitrading::engines {

struct JournalOptions {
    std::filesystem::path folder;  ///< made where it is missing; one process at a time opens it
    ports::BusLimits limits;
    /// SQLite's name of another file system, for tests that simulate a disk; then `folder` is only a name there.
    std::string file_system;
    /// Pages of 8 KiB of log after which it is copied into the file, beside the writer: 8 MB.
    int checkpoint_pages = 1'000;
    /// Pages of 8 KiB that stay free for later events when retention has removed some; the rest goes back to the disk, 16 MB a call of
    /// `retain`. A file of a version before that could not do it stays as long as it is.
    int free_pages_kept = 1'000;
};

/// EventBus on one SQLite file, `events.sqlite` in the folder: write-ahead log, every commit synced, one writer thread with
/// group commit, a table for each partition of a topic. Subscriptions read on connections of their own.
/// @errors failed (folder not writable, disk full, another process has it: retry_helps), gate_refused (damaged, newer format)
Result<std::unique_ptr<ports::EventBus>> open_journal(const JournalOptions& options);

}  // namespace aitrading::engines
