#pragma once

#include <filesystem>

#include "models/ensemble/fold_cache.hpp"

namespace aitrading::models {

/// One file for each finished fit in a folder that it makes. A file appears by rename, complete or not at
/// all.
class FileFoldCache final : public FoldCache {
  public:
    /// @errors failed: the folder cannot be made or written
    static Result<FileFoldCache> open(const std::filesystem::path& folder);
    std::optional<std::string> load(const std::string& key) override;
    Result<void> store(const std::string& key, std::string_view bytes) override;
    /// Removes what it kept, once a run is complete. Errors are left alone: a stale file does no harm.
    void clear();

  private:
    explicit FileFoldCache(std::filesystem::path folder) : folder_(std::move(folder)) {}
    std::filesystem::path file(const std::string& key) const;
    std::filesystem::path folder_;
};

}  // namespace aitrading::models
