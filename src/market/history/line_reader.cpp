#include "market/history/line_reader.hpp"

#include <fmt/format.h>

#include <cstring>

#include "base/check.hpp"
#include "market/history/utf16_source.hpp"

namespace aitrading::market {

LineReader::LineReader(std::unique_ptr<ByteSource> source, std::filesystem::path path, std::size_t block_bytes,
                       std::size_t line_bytes_max)
    : source_(std::move(source)),
      path_(std::move(path)),
      block_(std::max(block_bytes, 2 * line_bytes_max)),
      line_bytes_max_(line_bytes_max) {}

Result<void> LineReader::refill() {
    std::memmove(block_.data(), block_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    feed_ = npos;
    while (!exhausted_ && end_ < block_.size()) {
        TRY(const std::size_t got, source_->read(std::span(block_).subspan(end_)));
        exhausted_ = got == 0;
        zero_seen_ = zero_seen_ || std::memchr(block_.data() + end_, 0, got) != nullptr;
        end_ += got;
    }
    return {};
}

Result<void> LineReader::start() {
    if (started_) return {};
    started_ = true;
    TRY_VOID(refill());
    if (const auto order = find_utf16({block_.data(), end_})) {
        source_ = make_utf16_source(std::move(source_), {block_.data(), block_.data() + end_}, *order);
        end_ = 0;
        exhausted_ = zero_seen_ = false;
        TRY_VOID(refill());
    }
    if (end_ >= 3 && std::memcmp(block_.data(), "\xEF\xBB\xBF", 3) == 0) begin_ = 3;
    return {};
}

Result<void> LineReader::check_text() const {
    if (!zero_seen_) return {};
    return fail(ErrorCode::bad_input,
                fmt::format("{}: not a text file (it holds zero bytes); export it as CSV", path_.string()));
}

/// Finds the end of the line at `begin_` in what was read; false where more must be read to know.
bool LineReader::find_end(End& end) {
    const char* const block = block_.data();
    if (feed_ == npos || feed_ < begin_) {
        const void* found = std::memchr(block + begin_, '\n', end_ - begin_);
        feed_ = found == nullptr ? end_ : static_cast<std::size_t>(static_cast<const char*>(found) - block);
    }
    if (const void* found = std::memchr(block + begin_, '\r', feed_ - begin_); found != nullptr) {
        end.stop = static_cast<std::size_t>(static_cast<const char*>(found) - block);
        if (end.stop + 1 == end_ && !exhausted_) return false;  // an LF may follow
        end.after = end.stop + 1 + (end.stop + 1 < end_ && block[end.stop + 1] == '\n');
        return true;
    }
    end = {feed_, feed_ + 1};
    if (feed_ < end_) return true;
    end.after = end_;
    return exhausted_ && begin_ < end_;
}

Result<bool> LineReader::next(std::string_view& line) {
    if (!started_) TRY_VOID(start());
    if (record_bytes_ > 0) return next_record(line);
    End end{};
    bool found = find_end(end);
    if (!found && !exhausted_) {
        TRY_VOID(refill());
        found = find_end(end);
    }
    TRY_VOID(check_text());
    if (!found && begin_ == end_) return false;
    ++line_number_;
    if (!found || end.stop - begin_ > line_bytes_max_)
        return fail(ErrorCode::bad_input, fmt::format("{}, line {}: longer than {} KiB, so this is no table of prices",
                                                      path_.string(), line_number_, line_bytes_max_ / 1024));
    line = std::string_view(block_.data() + begin_, end.stop - begin_);
    begin_ = end.after;
    return true;
}

Result<bool> LineReader::next_record(std::string_view& record) {
    if (end_ - begin_ < record_bytes_ && !exhausted_) TRY_VOID(refill());
    if (begin_ == end_) return false;
    ++line_number_;
    if (end_ - begin_ < record_bytes_)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: truncated in record {}; download or copy the file again", path_.string(), line_number_));
    record = std::string_view(block_.data() + begin_, record_bytes_);
    begin_ += record_bytes_;
    return true;
}

Result<std::vector<std::string>> LineReader::peek(std::size_t count) {
    TRY_VOID(start());
    TRY_VOID(check_text());
    const std::size_t begin = begin_;
    std::vector<std::string> out;
    End end{};
    while (out.size() < count && begin_ < end_) {
        const bool found = find_end(end);
        if (!found) end = {end_, end_};
        const std::string_view line(block_.data() + begin_, std::min(end.stop - begin_, line_bytes_max_));
        if (!line.empty()) out.emplace_back(line);
        begin_ = end.after;
    }
    begin_ = begin;
    feed_ = npos;
    return out;
}

Result<std::string> LineReader::head(std::size_t count) {
    TRY_VOID(start());
    return std::string(block_.data() + begin_, std::min(count, end_ - begin_));
}

void LineReader::read_records(std::size_t skip_bytes, std::size_t record_bytes) {
    CHECK(line_number_ == 0);
    CHECK(record_bytes > 0);
    CHECK(skip_bytes <= end_ - begin_);
    begin_ += skip_bytes;
    record_bytes_ = record_bytes;
}

Result<LineReader> open_lines(const std::filesystem::path& path) {
    TRY(auto source, open_bytes(path));
    return LineReader(std::move(source), path);
}

}  // namespace aitrading::market
