#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "engines/disk/files.hpp"
#include "engines/series_store/histories/catalog.hpp"
#include "engines/series_store/histories/part_file.hpp"

namespace aitrading::engines::histories {

/// The files of the parts, and the database in memory that reads and writes them. Safe to use from several threads.
class PartFolder {
  public:
    explicit PartFolder(std::filesystem::path root) : root_(std::move(root)) {}

    const std::filesystem::path& root() const { return root_; }
    std::filesystem::path folder(const std::string& tenant, const std::string& history) const { return root_ / "tenants" / tenant / history; }
    /// Made when first needed. @errors failed
    Result<const Duck*> duck();
    /// An open file of a part; none where it has gone. @errors failed
    Result<FileHandle> open(const std::filesystem::path& file) const;
    /// The sum of an open file. @errors failed
    static Result<std::uint64_t> sum_of(const FileHandle& file, const std::filesystem::path& path);
    /// Compares the sum of a part, once in a life. @errors gate_refused, naming it; failed
    Result<void> check(const FileHandle& file, const std::filesystem::path& path, const Part& part);
    /// Keeps superseded files from being removed while it is held; none where nobody could remove any. @errors failed
    static Result<FileHandle> keep_files(const std::filesystem::path& root);
    /// Taken by who removes; not there where somebody keeps files.
    FileHandle try_removing() const;

  private:
    std::filesystem::path root_;
    std::mutex mutex_;
    std::unique_ptr<Duck> duck_;
    std::set<std::filesystem::path> sound_;  ///< parts whose sum was compared
};

}  // namespace aitrading::engines::histories
