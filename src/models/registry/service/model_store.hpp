#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/registry/registry.hpp"

namespace aitrading::models {

/// One stored version as a list shows it, without its contents.
struct ModelEntry {
    ModelMetadata metadata;        ///< name and version are always set
    std::string content_hash;      ///< names the version's contents
    std::uint64_t size_bytes = 0;  ///< of all its files
    std::string damage;            ///< why the entry cannot be read; empty where it can
};

/// Trained models as folders `<home>/models/<name>/<version>/` of read-only files: model.bin, card.md, metadata.json,
/// predictions.csv and checksums.txt. A version is never changed. It appears whole (written aside, synced, renamed) or,
/// after kill -9, not at all. Writers of one name wait for each other, readers for nobody; several processes may share
/// a home.
class ModelStore {
  public:
    explicit ModelStore(const std::filesystem::path& home);

    /// Keeps the model as the next version of its name, whatever version its metadata states, and returns the version.
    /// @errors usage (name), bad_input (panel), failed (disk full, read-only home)
    Result<int> store(const StoredModel& model) const;

    /// Every version, by name and version. A damaged version is in the list and says so.
    Result<std::vector<ModelEntry>> list() const;
    /// The newest version where none is asked for. Checksums are verified as in `load`.
    /// @errors not_found (names what there is), gate_refused (damaged)
    Result<ModelEntry> show(std::string_view name, std::optional<int> version = {}) const;
    /// @errors as show
    Result<StoredModel> load(std::string_view name, std::optional<int> version = {}) const;

  private:
    Result<int> choose_version(std::string_view name, std::optional<int> version) const;
    std::filesystem::path models_;
};

}  // namespace aitrading::models
