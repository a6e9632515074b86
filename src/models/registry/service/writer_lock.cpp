#include "models/registry/service/writer_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace aitrading::models {
namespace {

std::unexpected<Error> failed(const std::filesystem::path& path, const char* doing) {
    return fail(ErrorCode::failed, fmt::format("{}: cannot {}: {}", path.string(), doing, std::system_category().message(errno)));
}

}  // namespace

Result<WriterLock> WriterLock::take(const std::filesystem::path& folder, std::string_view file) {
    const std::filesystem::path path = folder / file;
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) return failed(path, "open the lock");
    WriterLock lock(descriptor);
    while (::flock(descriptor, LOCK_EX) != 0)
        if (errno != EINTR) return failed(path, "lock");
    return lock;
}

WriterLock::WriterLock(WriterLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

WriterLock::~WriterLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace aitrading::models
