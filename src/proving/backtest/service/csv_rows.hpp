#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace aitrading::backtest {

/// Rows of a plain CSV file with a header, field by field, without a copy. Memory: one block of 1 MiB.
class CsvRows {
  public:
    /// @errors not_found, bad_input (empty file, no header)
    static Result<CsvRows> open(const std::filesystem::path& path);

    /// Place of a column by name (lower case), -1 where there is none.
    int column(std::string_view name) const;
    /// Only the first `count` fields of a row are needed: what comes behind them is not looked at.
    void need(std::size_t count) { needed_ = count; }
    /// Steps to the next row that is not blank; false at the end. @errors bad_input (too long a line, too few fields)
    Result<bool> next();
    std::string_view field(int column) const { return fields_[static_cast<std::size_t>(column)]; }
    std::int64_t line() const { return line_; }
    /// An error that names file, line and field.
    std::unexpected<Error> refuse(std::string_view field, std::string_view text, std::string_view expected) const;

  private:
    struct Close {
        void operator()(std::FILE* f) const { std::fclose(f); }
    };
    static constexpr std::size_t block_bytes = 1 << 20;
    static constexpr std::size_t fields_max = 64;

    Result<bool> next_line(std::string_view& line);
    std::size_t split(std::string_view line, std::size_t most);

    std::filesystem::path path_;
    std::unique_ptr<std::FILE, Close> file_;
    std::vector<char> block_;
    std::size_t begin_ = 0, end_ = 0;
    bool exhausted_ = false;
    std::int64_t line_ = 0;
    char separator_ = ',';
    std::vector<std::string> names_;
    std::size_t needed_ = 0;
    std::array<std::string_view, fields_max> fields_{};
};

/// Plain decimal `[+-]digits[.digits]` as billionths, further digits cut off; false for anything else.
/// @param decimals digits after the point
bool read_decimal(std::string_view text, std::int64_t& billionths, int& decimals);

/// ISO 8601 or UNIX seconds, milli-, micro- or nanoseconds. Quick where neighbours share their day.
class TimeReader {
  public:
    bool read(std::string_view text, UnixNanos& out);

  private:
    std::array<char, 10> day_{};
    std::int64_t day_nanos_ = 0;
};

}  // namespace aitrading::backtest
