#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace aitrading::engines {

struct KillRun {
    std::string broken;  ///< empty where every promise was kept; else which one, with the seed
    std::int64_t acknowledged = 0, found = 0;  ///< events of this run; of all runs in the folder
};

/// A child process publishes from two threads into a journal in `folder`, one event at a time without waiting, while a
/// consumer counts and produces; each acknowledgement is told through a pipe. It gets SIGKILL after a seeded number of them.
/// Then: everything told is there, every subject counts up without gap or double, ids are unique, and state, produced events
/// and offsets agree. The folder may hold the journal of earlier runs. @pre the calling process has one thread
KillRun run_kill(const std::filesystem::path& folder, std::uint64_t seed);

}  // namespace aitrading::engines
