#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/registry/registry.hpp"

namespace aitrading::models {

/// Names of the models that have a folder, sorted; none where there is no such folder. @errors failed
Result<std::vector<std::string>> names_in(const std::filesystem::path& models);
/// The versions below one model's folder, rising. @errors failed
Result<std::vector<int>> versions_in(const std::filesystem::path& folder);

/// A folder of read-only files while it is written: hidden, and gone unless it is moved into place.
class PartFolder {
  public:
    /// Clears away what a writer of the same place left that died. @pre nobody else writes that place   @errors failed
    static Result<PartFolder> beside(const std::filesystem::path& place);
    PartFolder(PartFolder&& other) noexcept;
    PartFolder& operator=(PartFolder&&) = delete;
    ~PartFolder();

    /// Writes and syncs one file. @errors failed (disk full, …)
    Result<void> write_file(std::string_view file, std::string_view bytes) const;
    /// Writes and syncs the model's files and their checksums. Returns the content hash. @errors failed (disk full, …)
    Result<std::string> write(const StoredModel& model, std::string_view metadata_json) const;
    /// Moves it to its place. Goes on being taken away with this object until `keep`. @errors failed
    Result<void> put_in_place();
    void keep() { path_.clear(); }

  private:
    PartFolder(std::filesystem::path path, std::filesystem::path place) : path_(std::move(path)), place_(std::move(place)) {}
    std::filesystem::path path_, place_;
    bool placed_ = false;
};

/// Removes what writers of this model left that died. @pre the caller holds the lock of the model's name   @errors failed
Result<void> remove_abandoned_parts(const std::filesystem::path& folder);

inline constexpr std::string_view checksum_file = "checksums.txt";
/// @errors gate_refused (damaged or missing), bad_input (a newer format)
Result<ChecksumList> read_checksums(const std::filesystem::path& version_folder);
/// Reads one file that the list vouches for. @errors gate_refused where it is missing or another
Result<std::string> read_verified(const std::filesystem::path& version_folder, const ChecksumList& list, std::string_view file);
/// The same, and nothing where the list has no such file, as in versions that earlier builds kept.
Result<std::string> read_where_listed(const std::filesystem::path& version_folder, const ChecksumList& list, std::string_view file);
/// What a list shows of a version. Name and version are those of its folder. @errors as read_verified
Result<ModelEntry> read_entry(const std::filesystem::path& version_folder);

}  // namespace aitrading::models
