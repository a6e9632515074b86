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

/// Lines of a text file without their ends (LF, CRLF or CR, mixed as they may be); a byte order mark is skipped, UTF-16 is
/// decoded. Or the records of a binary file, all of one size. Memory: one block.
class LineReader {
  public:
    LineReader(std::unique_ptr<ByteSource> source, std::filesystem::path path, std::size_t block_bytes = 1 << 20,
               std::size_t line_bytes_max = 64 * 1024);

    /// The next line (or record) in `line`, valid until the next call; false at the end of the file.
    /// @errors bad_input (damaged archive, a line longer than `line_bytes_max`, zero bytes in text, half a record), failed
    Result<bool> next(std::string_view& line);
    /// Number of the last line or record, from 1.
    std::int64_t line_number() const { return line_number_; }
    /// The first lines (at most `count`, empty ones left out) without consuming them. @pre next was not called yet
    Result<std::vector<std::string>> peek(std::size_t count);
    /// The first bytes (at most `count`) without consuming them. @pre next was not called yet
    Result<std::string> head(std::size_t count);
    /// Whether the first block holds zero bytes, as no text does. @pre head or peek was called
    bool binary() const { return zero_seen_; }
    /// From here on the file is records of this size after `skip_bytes`. @pre next was not called yet; sizes fit the block
    void read_records(std::size_t skip_bytes, std::size_t record_bytes);
    const std::filesystem::path& path() const { return path_; }
    const std::string& inner_name() const { return source_->inner_name(); }
    /// See ByteSource.
    std::string remark() const { return source_->remark(); }

  private:
    struct End {
        std::size_t stop, after;
    };
    Result<void> start();
    Result<void> refill();
    Result<void> check_text() const;
    bool find_end(End& end);
    Result<bool> next_record(std::string_view& record);

    std::unique_ptr<ByteSource> source_;
    std::filesystem::path path_;
    std::vector<char> block_;
    std::size_t line_bytes_max_;
    std::size_t begin_ = 0, end_ = 0;
    std::size_t feed_ = npos;  ///< where the next LF is, `end_` for none, npos for not known yet
    std::size_t record_bytes_ = 0;
    std::int64_t line_number_ = 0;
    bool exhausted_ = false, started_ = false, zero_seen_ = false;
    static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

/// @errors as open_bytes
Result<LineReader> open_lines(const std::filesystem::path& path);

}  // namespace aitrading::market
