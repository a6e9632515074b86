#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "market/history/line_reader.hpp"

namespace aitrading::market {

/// Streams a table `time,open,high,low,close[,volume][,spread]` or with `ask_open,ask_high,ask_low,ask_close` (any order
/// and common spelling of the columns; plain, gzip or zip) in bounded memory. Times are ISO 8601 (UTC where no offset
/// stands) or epochs. Nothing is left out: the first row that is no bar, unsound, crossed or not later than its
/// predecessor is an error.
class BarReader {
  public:
    /// @errors not_found; bad_input (no such table)
    static Result<BarReader> open(const std::filesystem::path& path);
    static Result<BarReader> open(LineReader lines);
    BarReader(BarReader&&) noexcept;
    BarReader& operator=(BarReader&&) noexcept;
    ~BarReader();

    /// Replaces the rows of the batch by the next ones, at most `rows_max`; 0 at the end. Its digits are those of the file
    /// so far, at least of the first thousand rows, which also tell whether a spread counts points.
    /// @errors bad_input (file, line, column, remedy), failed
    Result<std::size_t> next(BarColumns& batch, std::size_t rows_max = 65'536);

  private:
    struct State;
    explicit BarReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace aitrading::market
