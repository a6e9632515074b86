#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "models/registry/promotion.hpp"
#include "models/registry/service/sqlite_file.hpp"

namespace aitrading::models {

/// A version as the registry knows it: whatever lies in its folder must have this content.
struct KnownVersion {
    std::string name;
    int version = 0;
    std::string content;
    friend bool operator==(const KnownVersion&, const KnownVersion&) = default;
};

/// `<models>/registry.sqlite`: the versions with their contents' hashes and the record of promotions. Lines are added and
/// never changed, each with a sum over its values, so that a flipped bit that SQLite lets pass is found as well.
/// The file is made aside and put in place whole; one that is there and empty is damaged, not new.
class RegistryFile {
  public:
    /// Nothing where there is no file yet. @errors gate_refused (damaged), bad_input (a newer format), failed
    static Result<std::optional<RegistryFile>> open_existing(const std::filesystem::path& models);
    /// @pre the folder exists   @errors as open_existing
    static Result<RegistryFile> open_or_create(const std::filesystem::path& models);

    Result<std::vector<KnownVersion>> versions();
    /// By id. @errors gate_refused (damaged)
    Result<std::vector<Change>> changes();

    Result<SqlTransaction> begin() { return SqlTransaction::begin(file_); }
    /// Nothing where the version is known already. @pre inside a transaction
    Result<void> add(const KnownVersion& version);
    /// Adds a line with the next id, whatever its own, and returns it. @pre inside a transaction
    Result<Change> add(Change change);

  private:
    explicit RegistryFile(SqliteFile file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
    std::unexpected<Error> damaged(const std::string& line) const;
    SqliteFile file_;
    std::string path_;
};

}  // namespace aitrading::models
