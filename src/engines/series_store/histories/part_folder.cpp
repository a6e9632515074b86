#include "engines/series_store/histories/part_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/hash.hpp"

namespace aitrading::engines::histories {
namespace fs = std::filesystem;
namespace {

constexpr const char* removing_lock = "removing.lock";

}  // namespace

Result<const Duck*> PartFolder::duck() {
    const std::lock_guard lock(mutex_);
    if (!duck_) {
        TRY(duck_, Duck::open());
    }
    return duck_.get();
}

Result<FileHandle> PartFolder::open(const fs::path& file) const {
    FileHandle handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!handle && errno != ENOENT) return std::unexpected(disk_error("read", file, errno));
    return handle;
}

Result<std::uint64_t> PartFolder::sum_of(const FileHandle& file, const fs::path& path) {
    std::vector<char> block(std::size_t{1} << 20);
    Fingerprint print;
    for (off_t at = 0;;) {
        const ssize_t got = ::pread(file.get(), block.data(), block.size(), at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::unexpected(disk_error("read", path, errno));
        if (got == 0) return print.value();
        print.add_bytes(block.data(), static_cast<std::size_t>(got));
        at += got;
    }
}

Result<void> PartFolder::check(const FileHandle& file, const fs::path& path, const Part& part) {
    {
        const std::lock_guard lock(mutex_);
        if (sound_.contains(path)) return {};
    }
    TRY(const std::uint64_t sum, sum_of(file, path));
    if (sum != part.sum) return fail(ErrorCode::gate_refused, path.string() + ": damaged, its sum does not fit; restore it from a backup");
    const std::lock_guard lock(mutex_);
    sound_.insert(path);
    return {};
}

Result<FileHandle> PartFolder::keep_files(const fs::path& root) {
    FileHandle file(::open((root / removing_lock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!file) {
        // Where there is nothing, or nobody may write, nobody removes.
        if (errno == ENOENT || errno == ENOTDIR || errno == EROFS || errno == EACCES) return file;
        return std::unexpected(disk_error("write", root / removing_lock, errno));
    }
    if (::flock(file.get(), LOCK_SH) != 0) return std::unexpected(disk_error("lock", root / removing_lock, errno));
    return file;
}

FileHandle PartFolder::try_removing() const {
    FileHandle file(::open((root_ / removing_lock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
    return {};
}

}  // namespace aitrading::engines::histories
