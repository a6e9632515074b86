#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aitrading::kit {

/// A file that appears whole or not at all: bytes go to a hidden neighbour, which takes the name on `commit` after it
/// reached the disk. Without `commit`, or when the process dies, whatever stood there before stays.
/// Where the path names a device, a pipe or anything below /dev or /proc (such as /dev/stdout), bytes go straight to it;
/// where it is a link, the file behind it is replaced and the link stays.
class AtomicFile {
  public:
    /// @errors not_found (no such folder), failed (not writable), with the path
    static Result<AtomicFile> create(const std::filesystem::path& path);
    ~AtomicFile();
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;

    /// Not buffered: pass large pieces. @errors failed (disk full, …), with the path
    Result<void> write(std::string_view bytes);
    /// Syncs the file and its folder. @pre called once, no write after it
    Result<void> commit();

  private:
    AtomicFile(std::filesystem::path path, std::filesystem::path temporary, int descriptor);
    Error failure(const char* doing) const;
    std::filesystem::path path_, temporary_;  ///< `temporary_` is empty where bytes go straight
    int descriptor_ = -1;
};

/// The whole file as bytes. @errors not_found, failed, with the path
Result<std::string> read_file(const std::filesystem::path& path);

/// Creates a read-only file with these bytes and syncs it; its name is durable after `sync_folder`. For files of a folder
/// that is itself moved into place. @errors failed (exists already, disk full, …), not_found, with the path
Result<void> write_new_file(const std::filesystem::path& path, std::string_view bytes);

/// Makes names created in or moved into the folder durable. @errors failed
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace aitrading::kit
