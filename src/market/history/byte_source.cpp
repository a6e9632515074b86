#include "market/history/byte_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "market/history/zip_directory.hpp"

namespace aitrading::market {
namespace fs = std::filesystem;
namespace {

Error damaged(const fs::path& path, std::string_view what) {
    return {ErrorCode::bad_input,
            fmt::format("{}: {}; download or copy the file again", path.string(), what), false};
}

/// Random access to packed bytes, from a file or from memory.
class RawBytes {
  public:
    virtual ~RawBytes() = default;
    virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) = 0;
    virtual std::uint64_t size() const = 0;
};

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

class PlainSource final : public ByteSource {
  public:
    explicit PlainSource(std::unique_ptr<RawBytes> raw) : raw_(std::move(raw)) {}
    Result<std::size_t> read(std::span<char> out) override {
        TRY(const std::size_t got, raw_->read_at(offset_, out));
        offset_ += got;
        return got;
    }
    const std::string& inner_name() const override { return inner_name_; }

  private:
    std::unique_ptr<RawBytes> raw_;
    std::uint64_t offset_ = 0;
    std::string inner_name_;
};

/// Inflates a gzip stream of any number of members, or the deflated entry of a zip, and verifies the checksum.
class InflateSource final : public ByteSource {
  public:
    InflateSource(std::unique_ptr<RawBytes> raw, fs::path path, const ZipEntry* entry)
        : raw_(std::move(raw)), path_(std::move(path)), packed_(64 * 1024) {
        zipped_ = entry != nullptr;
        if (zipped_) entry_ = *entry;
        offset_ = zipped_ ? entry_.data_offset : 0;
        end_ = zipped_ ? entry_.data_offset + entry_.packed_bytes : raw_->size();
        ready_ = inflateInit2(&stream_, zipped_ ? -MAX_WBITS : MAX_WBITS + 16) == Z_OK;
    }
    ~InflateSource() override { inflateEnd(&stream_); }

    Result<std::size_t> read(std::span<char> out) override {
        if (!ready_) return fail(ErrorCode::failed, "not enough memory to unpack");
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), 1U << 30));
        const std::size_t wanted = stream_.avail_out;
        while (!finished_ && stream_.avail_out > 0) TRY_VOID(step());
        const std::size_t got = wanted - stream_.avail_out;
        if (zipped_) checksum_ = crc32(checksum_, reinterpret_cast<const Bytef*>(out.data()), static_cast<uInt>(got));
        if (zipped_ && finished_ && checksum_ != entry_.checksum)
            return std::unexpected(damaged(path_, "the zip's checksum does not match its content"));
        return got;
    }
    const std::string& inner_name() const override { return entry_.name; }

  private:
    Result<void> step() {
        if (stream_.avail_in == 0) {
            const std::size_t count = std::min<std::uint64_t>(packed_.size(), end_ - std::min(end_, offset_));
            TRY(const std::size_t got, raw_->read_at(offset_, std::span(packed_).first(count)));
            if (got == 0)
                return std::unexpected(damaged(path_, fmt::format("truncated after {} unpacked bytes (the {} ends early)",
                                                                  total_ + stream_.total_out, zipped_ ? "zip" : "gzip")));
            offset_ += got;
            stream_.next_in = reinterpret_cast<Bytef*>(packed_.data());
            stream_.avail_in = static_cast<uInt>(got);
        }
        const int code = inflate(&stream_, Z_NO_FLUSH);
        if (code == Z_STREAM_END) return end_member();
        if (code != Z_OK && code != Z_BUF_ERROR)
            return std::unexpected(damaged(
                path_, fmt::format("damaged {} ({})", zipped_ ? "zip" : "gzip",
                                   stream_.msg != nullptr ? stream_.msg : "the compressed data make no sense")));
        return {};
    }

    /// A gzip file may hold several members one after the other; zero bytes after the last are padding.
    Result<void> end_member() {
        if (zipped_) {
            finished_ = true;
            return {};
        }
        total_ += stream_.total_out;
        char next = 0;
        if (stream_.avail_in > 0) {
            next = static_cast<char>(*stream_.next_in);
        } else {
            TRY(const std::size_t got, raw_->read_at(offset_, std::span(&next, 1)));
            if (got == 0) next = 0;
        }
        finished_ = next != '\x1f';
        if (!finished_) inflateReset(&stream_);
        return {};
    }

    std::unique_ptr<RawBytes> raw_;
    fs::path path_;
    std::vector<char> packed_;
    ZipEntry entry_;
    z_stream stream_{};
    std::uint64_t offset_ = 0, end_ = 0, total_ = 0;
    uLong checksum_ = 0;
    bool zipped_ = false, ready_ = false, finished_ = false;
};

/// A zip entry that is stored as it is.
class StoredSource final : public ByteSource {
  public:
    StoredSource(std::unique_ptr<RawBytes> raw, fs::path path, ZipEntry entry)
        : raw_(std::move(raw)), path_(std::move(path)), entry_(std::move(entry)) {}
    Result<std::size_t> read(std::span<char> out) override {
        const std::size_t wanted = std::min<std::uint64_t>(out.size(), entry_.packed_bytes - done_);
        if (wanted == 0) return 0;
        TRY(const std::size_t got, raw_->read_at(entry_.data_offset + done_, out.first(wanted)));
        if (got == 0) return std::unexpected(damaged(path_, "truncated (the zip ends early)"));
        done_ += got;
        checksum_ = crc32(checksum_, reinterpret_cast<const Bytef*>(out.data()), static_cast<uInt>(got));
        if (done_ == entry_.packed_bytes && checksum_ != entry_.checksum)
            return std::unexpected(damaged(path_, "the zip's checksum does not match its content"));
        return got;
    }
    const std::string& inner_name() const override { return entry_.name; }

  private:
    std::unique_ptr<RawBytes> raw_;
    fs::path path_;
    ZipEntry entry_;
    std::uint64_t done_ = 0;
    uLong checksum_ = 0;
};

Result<std::unique_ptr<ByteSource>> open_raw(std::unique_ptr<RawBytes> raw, const fs::path& path) {
    char head[4]{};
    TRY(const std::size_t got, raw->read_at(0, head));
    if (got == 0)
        return fail(ErrorCode::bad_input, fmt::format("{}: the file is empty; export or download it again", path.string()));
    const std::string_view magic(head, got);
    if (magic.starts_with("\x1f\x8b")) return std::make_unique<InflateSource>(std::move(raw), path, nullptr);
    if (!magic.starts_with("PK")) return std::make_unique<PlainSource>(std::move(raw));
    TRY(ZipEntry entry, find_zip_entry(
                            [&](std::uint64_t offset, std::span<char> out) { return raw->read_at(offset, out); },
                            raw->size(), path));
    if (entry.method == 0) return std::make_unique<StoredSource>(std::move(raw), path, std::move(entry));
    return std::make_unique<InflateSource>(std::move(raw), path, &entry);
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_bytes(const fs::path& path) {
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
    return open_raw(std::move(raw), path);
}

Result<std::unique_ptr<ByteSource>> open_bytes(std::span<const char> bytes, const fs::path& path) {
    return open_raw(std::make_unique<MemoryBytes>(bytes), path);
}

}  // namespace aitrading::market
