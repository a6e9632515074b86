#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <vector>

#include "market/history/unpack.hpp"

namespace aitrading::market {
namespace fs = std::filesystem;
namespace {

/// Inflates a gzip stream of any number of members, or the deflated entry of a zip, and verifies the checksum.
class InflateSource final : public ByteSource {
  public:
    InflateSource(std::unique_ptr<RawBytes> raw, fs::path path, const ZipEntry* entry)
        : raw_(std::move(raw)), path_(std::move(path)), packed_(64 * 1024) {
        zipped_ = entry != nullptr;
        if (zipped_) entry_ = *entry;
        begin_ = offset_ = zipped_ ? entry_.data_offset : 0;
        end_ = zipped_ ? entry_.data_offset + entry_.packed_bytes : raw_->size();
        ready_ = inflateInit2(&stream_, zipped_ ? -MAX_WBITS : MAX_WBITS + 16) == Z_OK;
    }
    InflateSource(const InflateSource&) = delete;
    InflateSource& operator=(const InflateSource&) = delete;
    ~InflateSource() override { inflateEnd(&stream_); }

    Result<std::size_t> read(std::span<char> out) override {
        if (!ready_) return fail(ErrorCode::failed, "not enough memory to unpack");
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), 1U << 30));
        const std::size_t wanted = stream_.avail_out;
        while (!finished_ && stream_.avail_out > 0) TRY_VOID(step());
        const std::size_t got = wanted - stream_.avail_out;
        unpacked_ += got;
        TRY_VOID(UnpackLimit::check(path_, offset_ - begin_, unpacked_));
        if (zipped_ && unpacked_ > entry_.unpacked_bytes)
            return std::unexpected(damaged(path_, fmt::format("the zip declares {} bytes and unpacks to more", entry_.unpacked_bytes)));
        if (zipped_) checksum_ = crc32(checksum_, reinterpret_cast<const Bytef*>(out.data()), static_cast<uInt>(got));
        if (zipped_ && finished_ && checksum_ != entry_.checksum)
            return std::unexpected(damaged(path_, "the zip's checksum does not match its content"));
        return got;
    }
    const std::string& inner_name() const override { return entry_.name; }
    std::string remark() const override { return remark_; }

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
        TRY(const int first, peek_byte(0));
        TRY(const int second, peek_byte(1));
        finished_ = first != 0x1f || second != 0x8b;
        if (!finished_) {
            inflateReset(&stream_);
            return {};
        }
        for (std::uint64_t at = 0;; ++at) {
            TRY(const int byte, peek_byte(at));
            if (byte < 0) return {};
            if (byte == 0) continue;
            remark_ = fmt::format("{} bytes after the end of the compressed data were left out", stream_.avail_in + end_ - offset_);
            return {};
        }
    }

    /// The byte that many after those which were unpacked; -1 after the end.
    Result<int> peek_byte(std::uint64_t ahead) {
        if (ahead < stream_.avail_in) return stream_.next_in[ahead];
        char byte = 0;
        TRY(const std::size_t got, raw_->read_at(offset_ + ahead - stream_.avail_in, std::span(&byte, 1)));
        return got == 0 ? -1 : static_cast<unsigned char>(byte);
    }

    std::unique_ptr<RawBytes> raw_;
    fs::path path_;
    std::vector<char> packed_;
    ZipEntry entry_;
    z_stream stream_{};
    std::uint64_t begin_ = 0, offset_ = 0, end_ = 0, total_ = 0, unpacked_ = 0;
    uLong checksum_ = 0;
    std::string remark_;
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

}  // namespace

Result<void> UnpackLimit::check(const fs::path& path, std::uint64_t packed, std::uint64_t unpacked) {
    if (unpacked <= free_bytes || unpacked / ratio_max <= packed) return {};
    return fail(ErrorCode::bad_input,
                fmt::format("{}: {} packed bytes unpack to more than {}, which no prices do (a zip bomb?); unpack it yourself "
                            "where you trust it, and import the file inside",
                            path.string(), packed, unpacked));
}

std::unique_ptr<ByteSource> make_inflate_source(std::unique_ptr<RawBytes> raw, fs::path path, const ZipEntry* entry) {
    return std::make_unique<InflateSource>(std::move(raw), std::move(path), entry);
}

std::unique_ptr<ByteSource> make_stored_source(std::unique_ptr<RawBytes> raw, fs::path path, ZipEntry entry) {
    return std::make_unique<StoredSource>(std::move(raw), std::move(path), std::move(entry));
}

}  // namespace aitrading::market
