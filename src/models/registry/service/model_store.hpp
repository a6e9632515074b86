#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/registry/registry.hpp"
#include "models/registry/service/registry_file.hpp"

namespace aitrading::models {

/// Trained models as folders `<home>/models/<name>/<version>/` of read-only files: model.bin, card.md, card.html,
/// features.json, metadata.json, predictions.csv and checksums.txt, whose last line names the contents. The registry file
/// beside them knows each version's contents, so that a folder that was changed, or went away, is seen.
///
/// A version is never changed. It appears whole (written aside, synced, renamed) or, after kill -9, not at all. Writers
/// of one name wait for each other, readers for nobody; several processes may share a home. Folders that the registry
/// does not know, from earlier builds or copied there, are versions too, and the next writer makes them known.
class ModelStore {
  public:
    explicit ModelStore(const std::filesystem::path& home);

    /// Keeps the model as the next version of its name, whatever version its metadata states, and returns the version.
    /// @errors usage (name), bad_input (panel), gate_refused (check_honest), failed (disk full, read-only home)
    Result<int> store(const StoredModel& model) const;

    /// Every version, by name and version. A damaged version is in the list and says so. @errors those of the registry file
    Result<std::vector<ModelEntry>> list() const;
    /// The newest version where none is asked for. Checksums are verified as in `load`.
    /// @errors not_found (names what there is), gate_refused (damaged, changed, check_honest)
    Result<ModelEntry> show(std::string_view name, std::optional<int> version = {}) const;
    /// @errors as show
    Result<StoredModel> load(std::string_view name, std::optional<int> version = {}) const;

    /// Copies the files of a verified version to a new folder. @errors as show; failed (the folder is there, disk full)
    Result<ModelEntry> copy_out(std::string_view name, std::optional<int> version, const std::filesystem::path& folder) const;

    /// Makes every whole version folder that the registry does not know yet known to it. @pre inside a transaction
    Result<void> adopt(RegistryFile& registry) const;
    const std::filesystem::path& folder() const { return models_; }

  private:
    struct Known;
    struct Chosen;
    Result<Known> look() const;
    Result<Chosen> choose(std::string_view name, std::optional<int> version) const;
    std::filesystem::path models_;
};

}  // namespace aitrading::models
