#include "kit/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace aitrading::kit {
namespace {

using FileStatus = struct stat;

Error system_failure(const std::filesystem::path& path, const char* doing) {
    const int code = errno;
    return {code == ENOENT ? ErrorCode::not_found : ErrorCode::failed,
            fmt::format("{}: cannot {}: {}", path.string(), doing, std::system_category().message(code)),
            code == ENOSPC || code == EINTR};
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
    const std::filesystem::path folder = path.parent_path();
    return folder.empty() ? "." : folder;
}

/// False leaves the reason in errno.
bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Devices, pipes and whatever lies below /dev and /proc take bytes directly.
bool must_not_be_replaced(const std::filesystem::path& path) {
    std::error_code none;
    const std::string absolute = std::filesystem::absolute(path, none).lexically_normal().string();
    if (absolute.starts_with("/dev/") || absolute.starts_with("/proc/")) return true;
    FileStatus existing{};
    return ::stat(path.c_str(), &existing) == 0 && !S_ISREG(existing.st_mode) && !S_ISDIR(existing.st_mode);
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path, std::filesystem::path temporary, int descriptor)
    : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

AtomicFile::~AtomicFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Error AtomicFile::failure(const char* doing) const { return system_failure(path_, doing); }

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& path) {
    // /dev/stdout may lead to an ordinary file: a rename would put that file in the place of the link itself.
    if (must_not_be_replaced(path)) {
        const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
        if (descriptor < 0) return std::unexpected(system_failure(path, "write"));
        return AtomicFile(path, {}, descriptor);
    }
    // A link keeps leading where it leads; the file behind it is the one replaced.
    std::error_code none;
    const std::filesystem::path target =
        std::filesystem::is_symlink(path, none) ? std::filesystem::canonical(path, none) : path;
    if (target.empty())
        return std::unexpected(Error{ErrorCode::not_found, fmt::format("{}: is a link to nothing", path.string()), false});
    // The process id keeps running processes apart; the number steps over what a killed one left behind.
    for (int attempt = 0; attempt < 1000; ++attempt) {
        std::filesystem::path temporary =
            folder_of(target) / fmt::format(".{}.{}-{}.part", target.filename().string(), ::getpid(), attempt);
        const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0) return AtomicFile(target, std::move(temporary), descriptor);
        if (errno != EEXIST) break;
    }
    return std::unexpected(system_failure(path, "create the file"));
}

Result<void> AtomicFile::write(std::string_view bytes) {
    if (!write_all(descriptor_, bytes)) return std::unexpected(failure("write"));
    return {};
}

Result<void> AtomicFile::commit() {
    if (!temporary_.empty()) {
        if (::fsync(descriptor_) != 0) return std::unexpected(failure("write to disk"));
        if (::rename(temporary_.c_str(), path_.c_str()) != 0) return std::unexpected(failure("put in place"));
        temporary_.clear();
    }
    const int descriptor = std::exchange(descriptor_, -1);
    if (::close(descriptor) != 0) return std::unexpected(failure("close"));
    return sync_folder(folder_of(path_));
}

Result<std::string> read_file(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return std::unexpected(system_failure(path, "open"));
    std::string bytes;
    FileStatus status{};
    if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) bytes.reserve(static_cast<std::size_t>(status.st_size) + 1);
    constexpr std::size_t piece = std::size_t{1} << 20;
    Result<void> done;
    for (;;) {
        const std::size_t old = bytes.size();
        bytes.resize(old + piece);
        const ssize_t got = ::read(descriptor, bytes.data() + old, piece);
        bytes.resize(old + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) done = std::unexpected(system_failure(path, "read"));
        if (got <= 0) break;
    }
    ::close(descriptor);
    if (!done) return std::unexpected(std::move(done).error());
    return bytes;
}

Result<void> write_new_file(const std::filesystem::path& path, std::string_view bytes) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (descriptor < 0) return std::unexpected(system_failure(path, "create the file"));
    Result<void> done;
    if (!write_all(descriptor, bytes) || ::fsync(descriptor) != 0) done = std::unexpected(system_failure(path, "write"));
    if (::close(descriptor) != 0 && done) done = std::unexpected(system_failure(path, "close"));
    return done;
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return std::unexpected(system_failure(folder, "open the folder"));
    // Devices and some network folders cannot be synced and say EINVAL; nothing is lost by that.
    const bool ok = ::fsync(descriptor) == 0 || errno == EINVAL;
    Result<void> done;
    if (!ok) done = std::unexpected(system_failure(folder, "write the folder to disk"));
    ::close(descriptor);
    return done;
}

}  // namespace aitrading::kit
