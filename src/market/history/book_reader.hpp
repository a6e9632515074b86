#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "domain/book.hpp"
#include "market/history/book_parser.hpp"
#include "market/history/defects.hpp"
#include "market/history/line_reader.hpp"

namespace aitrading::market {

/// A recording of an order book, read batch by batch: plain, gzip or zip. Memory: one batch and the longest message.
class BookReader {
  public:
    /// @param format `auto`, `binance-book` or `tardis` @errors not_found, bad_input (no recording), usage (unknown format)
    static Result<BookReader> open(const std::filesystem::path& path, std::string_view format = "auto");
    static Result<BookReader> open(LineReader lines, std::string_view format = "auto");

    /// Appends whole messages until `batch` holds at least `rows_min` rows; false when the file had no more of them.
    /// Lines that are refused are tallied. @errors bad_input (two instruments in one file, damaged archive), failed
    Result<bool> next(BookRows& batch, std::size_t rows_min = 65'536);

    const std::string& format() const { return format_; }
    /// Instrument as the messages name it, upper case as they write it; empty until one did.
    const std::string& symbol() const { return symbol_; }
    int digits() const { return parser_->digits(); }
    std::int64_t line_number() const { return lines_.line_number(); }
    const DefectTally& defects() const { return defects_; }

  private:
    explicit BookReader(LineReader lines) : lines_(std::move(lines)) {}
    Result<void> name_symbol(std::string_view symbol);
    bool follows(std::vector<BookEvent>& rows, std::size_t from);
    LineReader lines_;
    std::string format_, symbol_;
    std::unique_ptr<BookParser> parser_;
    DefectTally defects_;
    UnixNanos last_;
};

/// Whether the file is a recording that BookReader knows. @errors as open_bytes
Result<bool> is_book_file(const std::filesystem::path& path);

}  // namespace aitrading::market
