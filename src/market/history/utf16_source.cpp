#include "market/history/utf16_source.hpp"

#include <algorithm>
#include <cstring>

namespace aitrading::market {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr char32_t replacement = 0xFFFD;

void append_utf8(std::vector<char>& out, char32_t c) {
    const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
    }
}

class Utf16Source final : public ByteSource {
  public:
    Utf16Source(std::unique_ptr<ByteSource> source, std::vector<char> head, ByteOrder order)
        : source_(std::move(source)), in_(std::move(head)), order_(order) {}

    Result<std::size_t> read(std::span<char> out) override {
        while (at_ == text_.size() && !finished_) TRY_VOID(refill());
        const std::size_t count = std::min(out.size(), text_.size() - at_);
        std::memcpy(out.data(), text_.data() + at_, count);
        at_ += count;
        return count;
    }
    const std::string& inner_name() const override { return source_->inner_name(); }
    std::string remark() const override { return source_->remark(); }

  private:
    Result<void> refill() {
        text_.clear();
        at_ = 0;
        if (in_.size() < 4) {
            const std::size_t had = in_.size();
            in_.resize(had + piece_bytes);
            TRY(const std::size_t got, source_->read(std::span(in_).subspan(had)));
            in_.resize(had + got);
            finished_ = got == 0;
        }
        decode();
        return {};
    }
    char32_t unit(std::size_t at) const {
        const auto first = static_cast<unsigned char>(in_[at]), second = static_cast<unsigned char>(in_[at + 1]);
        return order_ == ByteOrder::little ? static_cast<char32_t>(first | second << 8) : static_cast<char32_t>(first << 8 | second);
    }
    /// Decodes what is whole; a byte or half a pair at the end waits for more, and at the end of the file is replaced.
    void decode() {
        std::size_t at = 0;
        while (at + 2 <= in_.size()) {
            const char32_t c = unit(at);
            const bool high = c >= 0xD800 && c < 0xDC00;
            if (high && at + 4 > in_.size() && !finished_) break;
            at += 2;
            const char32_t low = high && at + 2 <= in_.size() ? unit(at) : 0;
            if (high && low >= 0xDC00 && low < 0xE000) {
                append_utf8(text_, 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00));
                at += 2;
            } else {
                append_utf8(text_, c >= 0xD800 && c < 0xE000 ? replacement : c);
            }
        }
        if (finished_ && at < in_.size()) append_utf8(text_, replacement), at = in_.size();
        in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(at));
    }

    std::unique_ptr<ByteSource> source_;
    std::vector<char> in_, text_;
    std::size_t at_ = 0;
    ByteOrder order_;
    bool finished_ = false;
};

}  // namespace

std::optional<ByteOrder> find_utf16(std::string_view head) {
    if (head.starts_with("\xFF\xFE")) return ByteOrder::little;
    if (head.starts_with("\xFE\xFF")) return ByteOrder::big;
    constexpr std::size_t letters = 16;
    if (head.size() < 2 * letters) return std::nullopt;
    const auto plain = [&](std::size_t first) {
        for (std::size_t i = 0; i < letters; ++i) {
            const char letter = head[2 * i + first], zero = head[2 * i + 1 - first];
            if (zero != 0 || ((letter < ' ' || letter > '~') && letter != '\t' && letter != '\r' && letter != '\n')) return false;
        }
        return true;
    };
    if (plain(0)) return ByteOrder::little;
    return plain(1) ? std::optional(ByteOrder::big) : std::nullopt;
}

std::unique_ptr<ByteSource> make_utf16_source(std::unique_ptr<ByteSource> source, std::vector<char> head, ByteOrder order) {
    return std::make_unique<Utf16Source>(std::move(source), std::move(head), order);
}

}  // namespace aitrading::market
