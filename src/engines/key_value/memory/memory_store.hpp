#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/time.hpp"
#include "ports/cipher/cipher.hpp"
#include "ports/key_value/key_value.hpp"

namespace aitrading::engines {

struct MemoryStoreOptions {
    std::filesystem::path snapshot;  ///< where `save` writes and the next start reads; empty: nothing is kept
    std::size_t bytes_max = std::size_t{64} << 20;  ///< of keys, values and memory_entry_overhead each; the oldest used go first
    std::function<UnixNanos()> now;  ///< empty: the wall clock of the start, going on steadily, so that a clock that steps ends no life
    std::shared_ptr<ports::Cipher> cipher;  ///< encrypts the snapshot; none: plain
};

/// What an entry costs besides its bytes, about.
inline constexpr std::size_t memory_entry_overhead = 256;

struct MemoryStoreStats {
    std::size_t entries = 0, bytes = 0;
    std::uint64_t evicted = 0, ended = 0;  ///< since the start: dropped for room; at the end of their lives
};

/// The embedded key-value store: one ordered map under one mutex. Nothing of a call touches the disk but `save`.
/// @complexity O(log entries) a call; scan O(page + log entries)
class MemoryStore : public ports::KeyValue {
  public:
    /// Writes everything to the snapshot, in the order of use: after a power cut the old or the new one is there. Calls wait
    /// while it is copied in memory, not while it is written. Without a snapshot's path it does nothing.
    /// @errors failed (disk full, …: the old one stays)
    virtual Result<void> save() = 0;
    /// From now on the destructor saves nothing, as if the process had died.
    virtual void abandon() = 0;
    virtual MemoryStoreStats stats() const = 0;
    /// Whether the snapshot on the disk is whole; ok where there is none. @errors gate_refused, failed
    virtual Result<void> verify() const = 0;
};

/// Opens the store with what its snapshot holds; destroying it saves. @errors gate_refused (the snapshot is damaged or
/// encrypted with another key: remove it to begin empty), usage (bytes_max below 64 KiB), failed
Result<std::unique_ptr<MemoryStore>> open_memory_store(MemoryStoreOptions options);

}  // namespace aitrading::engines
