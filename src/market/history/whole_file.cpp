#include "market/history/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace aitrading::market {

WholeFile::WholeFile(std::filesystem::path path)
    : path_(std::move(path)), temporary_(path_.string() + fmt::format(".{}.new", ::getpid())) {
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

WholeFile::~WholeFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
}

Result<void> WholeFile::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = descriptor_ < 0 ? -1 : ::write(descriptor_, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return disk_error();
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> WholeFile::finish() {
    if (descriptor_ < 0 || ::fsync(descriptor_) != 0) return disk_error();
    ::close(descriptor_);
    descriptor_ = -1;
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) return disk_error();
    return {};
}

Result<void> WholeFile::disk_error() const {
    return fail(ErrorCode::failed, fmt::format("cannot write {}: {}; choose another --out or free some space", path_.string(),
                                               std::strerror(errno)));
}

}  // namespace aitrading::market
