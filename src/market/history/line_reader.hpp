#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "market/history/byte_source.hpp"

namespace aitrading::market {

/// Lines of a text file without their ends (LF or CRLF); a byte order mark is skipped. Memory: one block.
class LineReader {
  public:
    LineReader(std::unique_ptr<ByteSource> source, std::filesystem::path path, std::size_t block_bytes = 1 << 20);

    /// The next line in `line`, valid until the next call; false at the end of the file.
    /// @errors bad_input (damaged archive, a line longer than 64 KiB, zero bytes: not a text file), failed
    Result<bool> next(std::string_view& line);
    /// Number of the last line, from 1.
    std::int64_t line_number() const { return line_number_; }
    /// The first lines (at most `count`, empty ones left out) without consuming them. @pre next was not called yet
    Result<std::vector<std::string>> peek(std::size_t count);
    const std::filesystem::path& path() const { return path_; }
    const std::string& inner_name() const { return source_->inner_name(); }

  private:
    Result<void> refill();
    std::unique_ptr<ByteSource> source_;
    std::filesystem::path path_;
    std::vector<char> block_;
    std::size_t begin_ = 0, end_ = 0;
    std::int64_t line_number_ = 0;
    bool exhausted_ = false, started_ = false;
};

/// @errors as open_bytes
Result<LineReader> open_lines(const std::filesystem::path& path);

}  // namespace aitrading::market
