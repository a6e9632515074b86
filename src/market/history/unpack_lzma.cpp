#include <fmt/format.h>
#include <lzma.h>

#include <algorithm>
#include <bit>
#include <vector>

#include "market/history/unpack.hpp"

namespace aitrading::market {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t memory_max = 96 << 20;  // a dictionary of 64 MiB and what goes with it

std::string_view reason_of(lzma_ret code) {
    switch (code) {
        case LZMA_MEMLIMIT_ERROR: return "its dictionary is larger than 64 MiB";
        case LZMA_MEM_ERROR: return "not enough memory";
        case LZMA_OPTIONS_ERROR: return "it uses features that this build does not know";
        default: return "the compressed data make no sense";
    }
}

class LzmaSource final : public ByteSource {
  public:
    LzmaSource(std::unique_ptr<RawBytes> raw, fs::path path) : raw_(std::move(raw)), path_(std::move(path)), packed_(64 * 1024) {
        ready_ = lzma_auto_decoder(&stream_, memory_max, 0) == LZMA_OK;
    }
    LzmaSource(const LzmaSource&) = delete;
    LzmaSource& operator=(const LzmaSource&) = delete;
    ~LzmaSource() override { lzma_end(&stream_); }

    Result<std::size_t> read(std::span<char> out) override {
        if (!ready_) return fail(ErrorCode::failed, "not enough memory to unpack");
        stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
        stream_.avail_out = out.size();
        while (!finished_ && stream_.avail_out > 0) TRY_VOID(step());
        TRY_VOID(UnpackLimit::check(path_, offset_, stream_.total_out));
        return out.size() - stream_.avail_out;
    }
    const std::string& inner_name() const override { return inner_name_; }
    std::string remark() const override { return remark_; }

  private:
    Result<void> step() {
        if (stream_.avail_in == 0 && !exhausted_) {
            TRY(const std::size_t got, raw_->read_at(offset_, packed_));
            exhausted_ = got == 0;
            offset_ += got;
            stream_.next_in = reinterpret_cast<const std::uint8_t*>(packed_.data());
            stream_.avail_in = got;
        }
        const lzma_ret code = lzma_code(&stream_, exhausted_ ? LZMA_FINISH : LZMA_RUN);
        if (code == LZMA_STREAM_END) {
            finished_ = true;
            const std::uint64_t rest = stream_.avail_in + raw_->size() - std::min(raw_->size(), offset_);
            if (rest > 0) remark_ = fmt::format("{} bytes after the end of the compressed data were left out", rest);
            return {};
        }
        if (code == LZMA_OK) return {};
        if (code == LZMA_BUF_ERROR)
            return std::unexpected(
                damaged(path_, fmt::format("truncated after {} unpacked bytes (the LZMA data end early)", stream_.total_out)));
        return std::unexpected(damaged(path_, fmt::format("damaged LZMA data ({})", reason_of(code))));
    }

    std::unique_ptr<RawBytes> raw_;
    fs::path path_;
    std::vector<char> packed_;
    lzma_stream stream_ = LZMA_STREAM_INIT;
    std::uint64_t offset_ = 0;
    std::string inner_name_, remark_;
    bool ready_ = false, finished_ = false, exhausted_ = false;
};

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint64_t out = 0;
    for (std::size_t i = count; i-- > 0;) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
    return out;
}

}  // namespace

bool begins_like_lzma(std::string_view head) {
    if (head.starts_with(std::string_view("\xFD" "7zXZ\0", 6))) return true;
    if (head.size() < 13 || static_cast<unsigned char>(head[0]) >= 9 * 5 * 5) return false;
    const std::uint64_t dictionary = number(head, 1, 4), unpacked = number(head, 5, 8);
    if (dictionary < 4096 || unpacked == 0) return false;
    const bool plain = std::has_single_bit(dictionary) || (dictionary % 3 == 0 && std::has_single_bit(dictionary / 3));
    return (plain || dictionary == 0xFFFFFFFF) && (unpacked == UINT64_MAX || unpacked < (1ULL << 38));
}

std::unique_ptr<ByteSource> make_lzma_source(std::unique_ptr<RawBytes> raw, fs::path path) {
    return std::make_unique<LzmaSource>(std::move(raw), std::move(path));
}

}  // namespace aitrading::market
