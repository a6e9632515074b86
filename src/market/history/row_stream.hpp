#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "market/history/defects.hpp"
#include "market/history/import.hpp"
#include "market/history/layout.hpp"
#include "market/history/line_reader.hpp"

namespace aitrading::market {

/// A file with its layout found, delivering the rows that are sound by themselves; the others are tallied.
class RowStream {
  public:
    /// @errors as import_file
    static Result<RowStream> open(const std::filesystem::path& path, const ImportOptions& options);
    static Result<RowStream> open(LineReader lines, const ImportOptions& options);

    /// The next row that is sound by itself; false at the end. @errors bad_input (two symbols in the file, a row of text
    /// that is no table), interrupted
    Result<bool> next(ParsedRow& row);
    std::int64_t line_number() const { return lines_.line_number(); }
    /// The last row as it stands in the file, valid until the next call.
    std::string_view line() const { return line_; }
    std::int64_t rows_read() const { return rows_read_; }
    DefectTally& defects() { return defects_; }
    OpenLayout& layout() { return layout_; }
    const std::string& format() const { return format_; }
    const std::string& symbol() const { return symbol_; }
    /// Fails when the file as a whole is unusable: no rows, none sound, or more than half refused.
    Result<void> verdict() const;

  private:
    explicit RowStream(LineReader lines) : lines_(std::move(lines)) {}
    Result<void> check_symbol(std::string_view text);
    void note_float_noise(std::string_view line);
    LineReader lines_;
    std::string_view line_;
    OpenLayout layout_;
    std::string format_, symbol_, symbol_column_;
    bool symbol_was_asked_ = false;
    std::size_t shortest_line_ = 64 * 1024;
    DefectTally defects_;
    std::int64_t rows_read_ = 0;
    std::stop_token stop_;
    std::function<void(std::int64_t)> progress_;
    char decimal_point_ = '.';
};

}  // namespace aitrading::market
