#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace aitrading::engines {

/// A disk in memory, as a file system of SQLite's, that loses what a real one may lose. Writes, truncations and new names
/// are sure only after a sync; when the power goes, each of those since is kept, lost, or torn at 512 bytes, one by one, so
/// that later ones may survive earlier ones. A sync that fails keeps some of them, forgets that the others were ever
/// written, and goes on showing them until the restart, as Linux does. Steps (writes, truncations, syncs, new and removed
/// names) are counted from 1; the seed decides the rest. Safe to use from several threads.
class SimulatedDisk {
  public:
    explicit SimulatedDisk(std::uint64_t seed);
    ~SimulatedDisk();
    SimulatedDisk(const SimulatedDisk&) = delete;
    SimulatedDisk& operator=(const SimulatedDisk&) = delete;

    /// For JournalOptions::file_system.
    const std::string& file_system() const;
    std::int64_t steps() const;
    /// The power goes in the middle of this step: it may leave a part behind, and everything after it fails.
    void cut_at(std::int64_t step);
    /// The first sync from this step on fails.
    void fail_sync_at(std::int64_t step);
    /// From this step on no file grows: a write leaves half of what fits and fails.
    void fill_at(std::int64_t step);
    /// From now on syncs succeed and do nothing: no engine survives that, and no harness may miss it.
    void lie();
    /// Whether a planted fault has happened.
    bool faulted() const;
    /// Whether some file shows these bytes.
    bool holds(std::string_view bytes) const;
    /// Cuts the power now, if it is still there, and brings it back: what is sure, and chance's part of the rest, is there.
    /// @pre nobody has a file open
    void restart();

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::engines
