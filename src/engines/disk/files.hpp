#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aitrading::engines {

/// An open file, closed at the end of its life.
class FileHandle {
  public:
    FileHandle() = default;
    explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
    FileHandle(FileHandle&& other) noexcept;
    FileHandle& operator=(FileHandle&& other) noexcept;
    ~FileHandle();
    int get() const { return descriptor_; }
    explicit operator bool() const { return descriptor_ >= 0; }

  private:
    int descriptor_ = -1;
};

/// "cannot WHAT PATH: REASON; REMEDY" for the current errno. Retry helps where the reason may pass.
Error disk_error(std::string_view what, const std::filesystem::path& path, int error_number);

/// Makes the folder and all above it; what was made survives a power cut. @errors failed
Result<void> make_folder(const std::filesystem::path& folder);
/// Puts the bytes of a file or the entries of a folder on the disk. @errors failed
Result<void> sync_path(const std::filesystem::path& path);
/// Replaces `file` as a whole: temporary file beside it, sync, rename, sync of the folder. @errors failed
Result<void> replace_file(const std::filesystem::path& file, std::string_view content);
/// Lets `write` fill a new neighbour of `out`, puts it on the disk and moves it into place; nothing stays where that fails.
/// @errors those of `write`; failed, with the path (also where something other than a file lies at `out`)
Result<void> write_whole(const std::filesystem::path& out,
                         const std::function<Result<void>(const std::filesystem::path& unfinished)>& write);
/// Whole content of a small file. @errors not_found, failed
Result<std::string> read_small_file(const std::filesystem::path& file);

/// Takes the file's exclusive lock, creating the file; waits at most `wait_ms`. The lock is still that of the path when
/// it is got, though the file may have been removed and made anew meanwhile. @errors failed
Result<FileHandle> lock_file(const std::filesystem::path& file, int wait_ms);

}  // namespace aitrading::engines
