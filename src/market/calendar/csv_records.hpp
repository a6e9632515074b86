#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aitrading::market {

/// Records of a table of text by RFC 4180: fields in quotes may hold separators, doubled quotes and line breaks. A quote
/// inside an unquoted field is an ordinary letter. Line ends LF or CRLF; a byte order mark is skipped; empty lines too.
class CsvRecords {
  public:
    CsvRecords(std::string_view text, char separator);
    /// False at the end. A quote that is never closed ends with the text.
    bool next(std::vector<std::string>& fields);
    /// Line on which the last record begins, from 1.
    std::int64_t line() const { return line_; }

  private:
    bool read_field(std::string& field);
    std::string_view rest_;
    char separator_;
    std::int64_t line_ = 0, next_line_ = 1;
};

/// The field as it is written into such a table: in quotes where it must be.
std::string csv_field(std::string_view text);

}  // namespace aitrading::market
