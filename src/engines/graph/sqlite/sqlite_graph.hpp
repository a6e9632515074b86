#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "ports/graph/graph.hpp"

namespace aitrading::engines {

struct SqliteGraphOptions {
    std::filesystem::path file;
    std::string file_system;  ///< SQLite's name of one, for simulated disks; empty: the machine's
    int checkpoint_pages = 1'000;
};

/// The embedded graph: one SQLite file with a table of nodes and one of edges, both ways indexed. Searches go breadth first with
/// one prepared statement rather than by a recursive query, which has no bound on what it visits. One process at a time.
/// @errors gate_refused (damaged, another format), failed (open elsewhere: retry_helps; the disk refuses)
Result<std::unique_ptr<ports::Graph>> open_sqlite_graph(const SqliteGraphOptions& options);

}  // namespace aitrading::engines
