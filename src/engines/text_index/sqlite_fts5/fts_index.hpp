#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "ports/text_index/text_index.hpp"

namespace aitrading::engines {

struct FtsIndexOptions {
    std::filesystem::path file;
    std::string file_system;  ///< SQLite's name of one, for simulated disks; empty: the machine's
    int checkpoint_pages = 1'000;
};

/// The embedded text index: one SQLite file with an FTS5 table an index. A tenant's documents lie in one range of row numbers,
/// so that a search reads no other's. Relevance is BM25; how rare a word is counts over all tenants of an index.
/// One process at a time. @errors gate_refused (damaged, another format), failed (open elsewhere: retry_helps; the disk)
Result<std::unique_ptr<ports::TextIndex>> open_fts_index(const FtsIndexOptions& options);

}  // namespace aitrading::engines
