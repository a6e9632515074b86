#include "market/history/byte_source.hpp"

#include <fmt/format.h>

#include "market/history/unpack.hpp"

namespace aitrading::market {
namespace fs = std::filesystem;
namespace {

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

Result<std::unique_ptr<ByteSource>> unpack(std::unique_ptr<RawBytes> raw, const fs::path& path) {
    char head[13]{};
    TRY(const std::size_t got, raw->read_at(0, head));
    if (got == 0)
        return fail(ErrorCode::bad_input, fmt::format("{}: the file is empty; export or download it again", path.string()));
    const std::string_view magic(head, got);
    if (magic.starts_with("\x1f\x8b")) return make_inflate_source(std::move(raw), path, nullptr);
    if (begins_like_lzma(magic)) return make_lzma_source(std::move(raw), path);
    if (!magic.starts_with("PK")) return std::make_unique<PlainSource>(std::move(raw));
    TRY(ZipEntry entry, find_zip_entry(
                            [&](std::uint64_t offset, std::span<char> out) { return raw->read_at(offset, out); },
                            raw->size(), path));
    if (entry.method == 0) return make_stored_source(std::move(raw), path, std::move(entry));
    TRY_VOID(UnpackLimit::check(path, entry.packed_bytes, entry.unpacked_bytes));
    return make_inflate_source(std::move(raw), path, &entry);
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_bytes(const fs::path& path) {
    TRY(auto raw, open_raw_file(path));
    return unpack(std::move(raw), path);
}

Result<std::unique_ptr<ByteSource>> open_bytes(std::span<const char> bytes, const fs::path& path) {
    return unpack(open_raw_memory(bytes), path);
}

}  // namespace aitrading::market
