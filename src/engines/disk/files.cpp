#include "engines/disk/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace aitrading::engines {
namespace fs = std::filesystem;

FileHandle::FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FileHandle::~FileHandle() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Error disk_error(std::string_view what, const fs::path& path, int error_number) {
    std::string_view remedy;
    switch (error_number) {
        case ENOSPC:
        case EDQUOT: remedy = "; free some space or choose another --home"; break;
        case EROFS:
        case EACCES:
        case EPERM: remedy = "; choose a --home that may be written to"; break;
        case ENOTDIR: remedy = "; a file lies where a folder should be, choose another --home"; break;
        default: break;
    }
    return {ErrorCode::failed, fmt::format("cannot {} {}: {}{}", what, path.string(), std::strerror(error_number), remedy),
            error_number == ENOSPC || error_number == EINTR};
}

Result<void> make_folder(const fs::path& folder) {
    struct ::stat status;
    if (::stat(folder.c_str(), &status) == 0) {
        if (S_ISDIR(status.st_mode)) return {};
        return std::unexpected(disk_error("make folder", folder, ENOTDIR));
    }
    const fs::path parent = folder.parent_path();
    if (!parent.empty() && parent != folder) TRY_VOID(make_folder(parent));
    if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST)
        return std::unexpected(disk_error("make folder", folder, errno));
    return parent.empty() ? Result<void>{} : sync_path(parent);
}

Result<void> sync_path(const fs::path& path) {
    const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return std::unexpected(disk_error("open", path, errno));
    if (::fsync(file.get()) != 0 && errno != EINVAL) return std::unexpected(disk_error("write", path, errno));
    return {};
}

Result<void> replace_file(const fs::path& file, std::string_view content) {
    const fs::path temporary = file.string() + ".new";
    {
        const FileHandle out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
        if (!out) return std::unexpected(disk_error("write", temporary, errno));
        for (std::string_view rest = content; !rest.empty();) {
            const ssize_t written = ::write(out.get(), rest.data(), rest.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) {
                const Error error = disk_error("write", temporary, written == 0 ? ENOSPC : errno);
                ::unlink(temporary.c_str());
                return std::unexpected(error);
            }
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
        if (::fsync(out.get()) != 0) {
            const Error error = disk_error("write", temporary, errno);
            ::unlink(temporary.c_str());
            return std::unexpected(error);
        }
    }
    if (::rename(temporary.c_str(), file.c_str()) != 0) return std::unexpected(disk_error("replace", file, errno));
    return sync_path(file.parent_path());
}

Result<void> write_whole(const fs::path& out, const std::function<Result<void>(const fs::path&)>& write) {
    std::error_code error;
    if (fs::exists(out, error) && !fs::is_regular_file(out, error))
        return fail(ErrorCode::failed, fmt::format("cannot write {}: it is no file; choose another --out", out.string()));
    const fs::path unfinished = out.string() + fmt::format(".{}.new", ::getpid());
    Result<void> done = write(unfinished);
    if (done) done = sync_path(unfinished);
    if (done) fs::rename(unfinished, out, error);
    if (done && !error) return {};
    std::string reason = done ? error.message() : done.error().text;
    const ErrorCode code = done ? ErrorCode::failed : done.error().code;
    fs::remove(unfinished, error);
    if (code != ErrorCode::failed) return fail(code, std::move(reason));
    return fail(code, fmt::format("cannot write {}: {}; choose another --out or free some space", out.string(), reason));
}

Result<std::string> read_small_file(const fs::path& file) {
    const FileHandle in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in) {
        const bool absent = errno == ENOENT || errno == ENOTDIR;
        Error error = disk_error("read", file, errno);
        if (absent) error.code = ErrorCode::not_found;
        return std::unexpected(std::move(error));
    }
    std::string out;
    char buffer[8192];
    while (true) {
        const ssize_t got = ::read(in.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::unexpected(disk_error("read", file, errno));
        if (got == 0) return out;
        out.append(buffer, static_cast<std::size_t>(got));
    }
}

Result<FileHandle> lock_file(const fs::path& file, int wait_ms) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
    while (true) {
        FileHandle lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
        if (!lock && errno == ENOENT) TRY_VOID(make_folder(file.parent_path()));
        if (!lock && errno != ENOENT) return std::unexpected(disk_error("write", file, errno));
        if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
            struct ::stat mine, there;
            if (::fstat(lock.get(), &mine) == 0 && ::stat(file.c_str(), &there) == 0 && mine.st_ino == there.st_ino)
                return lock;
            continue;  // removed while we waited: take the lock of the new file
        }
        if (std::chrono::steady_clock::now() >= deadline)
            return std::unexpected(Error{ErrorCode::failed,
                                         fmt::format("another process is writing {}; try again when it has finished",
                                                     file.parent_path().string()),
                                         true});
        std::this_thread::sleep_for(std::chrono::milliseconds(lock ? 20 : 1));
    }
}

}  // namespace aitrading::engines
