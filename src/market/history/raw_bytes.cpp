#include "market/history/raw_bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace aitrading::market {
namespace fs = std::filesystem;
namespace {

class FileBytes final : public RawBytes {
  public:
    FileBytes(int descriptor, std::uint64_t size, fs::path path)
        : descriptor_(descriptor), size_(size), path_(std::move(path)) {}
    ~FileBytes() override { ::close(descriptor_); }
    Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
        while (true) {
            const ssize_t got = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno != EINTR)
                return fail(ErrorCode::failed, fmt::format("cannot read {}: {}", path_.string(), std::strerror(errno)));
        }
    }
    std::uint64_t size() const override { return size_; }

  private:
    int descriptor_;
    std::uint64_t size_;
    fs::path path_;
};

class MemoryBytes final : public RawBytes {
  public:
    explicit MemoryBytes(std::span<const char> bytes) : bytes_(bytes) {}
    Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
        if (offset >= bytes_.size()) return 0;
        const std::size_t count = std::min(out.size(), bytes_.size() - static_cast<std::size_t>(offset));
        std::memcpy(out.data(), bytes_.data() + offset, count);
        return count;
    }
    std::uint64_t size() const override { return bytes_.size(); }

  private:
    std::span<const char> bytes_;
};

}  // namespace

Result<std::unique_ptr<RawBytes>> open_raw_file(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        const bool absent = errno == ENOENT || errno == ENOTDIR;
        return fail(absent ? ErrorCode::not_found : ErrorCode::bad_input,
                    fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
    }
    struct ::stat status;
    const bool known = ::fstat(descriptor, &status) == 0;
    auto raw = std::make_unique<FileBytes>(descriptor, known ? static_cast<std::uint64_t>(status.st_size) : 0, path);
    if (!known || !S_ISREG(status.st_mode))
        return fail(ErrorCode::bad_input, fmt::format("{}: not a regular file; name the data file itself", path.string()));
    return raw;
}

std::unique_ptr<RawBytes> open_raw_memory(std::span<const char> bytes) { return std::make_unique<MemoryBytes>(bytes); }

Error damaged(const fs::path& path, std::string_view what) {
    return {ErrorCode::bad_input,
            fmt::format("{}: {}; download or copy the file again", path.string(), what), false};
}

}  // namespace aitrading::market
