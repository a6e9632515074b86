#include "market/history/line_reader.hpp"

#include <fmt/format.h>

#include <cstring>

namespace aitrading::market {
namespace {

constexpr std::size_t line_bytes_max = 64 * 1024;  // no row of prices is longer; a binary file may be one "line"

}  // namespace

LineReader::LineReader(std::unique_ptr<ByteSource> source, std::filesystem::path path, std::size_t block_bytes)
    : source_(std::move(source)), path_(std::move(path)), block_(std::max(block_bytes, 2 * line_bytes_max)) {}

Result<void> LineReader::refill() {
    std::memmove(block_.data(), block_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    while (!exhausted_ && end_ < block_.size()) {
        TRY(const std::size_t got, source_->read(std::span(block_).subspan(end_)));
        exhausted_ = got == 0;
        if (const void* zero = std::memchr(block_.data() + end_, 0, got); zero != nullptr)
            return fail(ErrorCode::bad_input,
                        fmt::format("{}: not a text file (it holds zero bytes); export it as CSV", path_.string()));
        end_ += got;
    }
    if (!started_ && end_ >= 3 && std::memcmp(block_.data(), "\xEF\xBB\xBF", 3) == 0) begin_ = 3;
    started_ = true;
    return {};
}

Result<bool> LineReader::next(std::string_view& line) {
    const char* found =
        static_cast<const char*>(std::memchr(block_.data() + begin_, '\n', end_ - begin_));
    if (found == nullptr && !exhausted_) {
        TRY_VOID(refill());
        found = static_cast<const char*>(std::memchr(block_.data() + begin_, '\n', end_ - begin_));
    }
    if (found == nullptr && begin_ == end_) return false;
    const std::size_t stop = found == nullptr ? end_ : static_cast<std::size_t>(found - block_.data());
    ++line_number_;
    if (stop - begin_ > line_bytes_max)
        return fail(ErrorCode::bad_input, fmt::format("{}, line {}: longer than 64 KiB, so this is no table of prices",
                                                      path_.string(), line_number_));
    line = std::string_view(block_.data() + begin_, stop - begin_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin_ = found == nullptr ? end_ : stop + 1;
    return true;
}

Result<std::vector<std::string>> LineReader::peek(std::size_t count) {
    if (!started_) TRY_VOID(refill());
    std::vector<std::string> out;
    std::size_t at = begin_;
    while (out.size() < count && at < end_) {
        const void* found = std::memchr(block_.data() + at, '\n', end_ - at);
        const std::size_t stop =
            found == nullptr ? end_ : static_cast<std::size_t>(static_cast<const char*>(found) - block_.data());
        std::string_view line(block_.data() + at, std::min(stop - at, line_bytes_max));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty()) out.emplace_back(line);
        at = found == nullptr ? end_ : stop + 1;
    }
    return out;
}

Result<LineReader> open_lines(const std::filesystem::path& path) {
    TRY(auto source, open_bytes(path));
    return LineReader(std::move(source), path);
}

}  // namespace aitrading::market
