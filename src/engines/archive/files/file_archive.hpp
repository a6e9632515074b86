#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/time.hpp"
#include "ports/archive/archive.hpp"
#include "ports/cipher/cipher.hpp"

namespace aitrading::engines {

struct FileArchiveOptions {
    std::filesystem::path folder;
    std::function<UnixNanos()> now;         ///< empty: the wall clock
    std::shared_ptr<ports::Cipher> cipher;  ///< encrypts contents, rules and references; none: plain
};

/// The embedded archive: a file for each object, named by its content, below `tenants/TENANT/objects`; what is to be kept
/// beside it in `rules`, named references in `references`. Each file is written beside its place, synced, moved and its folder
/// synced before a call returns; one process at a time (a lock file; the kernel frees it).
/// @errors failed (another process has it open: retry_helps; the disk refuses)
Result<std::unique_ptr<ports::Archive>> open_file_archive(FileArchiveOptions options);

/// Reads every object, rule and reference, also beside a process that has the archive open. @errors gate_refused: names the
/// first that is damaged; not_found (no archive lies there); failed   @complexity O(bytes)
Result<void> verify_file_archive(const std::filesystem::path& folder, ports::Cipher* cipher);

}  // namespace aitrading::engines
