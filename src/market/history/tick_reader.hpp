#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "market/history/line_reader.hpp"

namespace aitrading::market {

/// Streams a table `time,bid,ask[,bid_size,ask_size]` (any order and common spelling of the columns; plain, gzip or zip)
/// in bounded memory, several million rows a second. Times are ISO 8601 (UTC where no offset stands) or epochs. Nothing is
/// left out: the first row that is no quote, not positive, crossed or earlier than its predecessor is an error.
class TickReader {
  public:
    /// @errors not_found; bad_input (no such table)
    static Result<TickReader> open(const std::filesystem::path& path);
    static Result<TickReader> open(LineReader lines);
    TickReader(TickReader&&) noexcept;
    TickReader& operator=(TickReader&&) noexcept;
    ~TickReader();

    /// Replaces the batch by the next rows, at most `rows_max`; 0 at the end. Its digits are those of the file so far.
    /// @errors bad_input (file, line, column, remedy), failed
    Result<std::size_t> next(TickColumns& batch, std::size_t rows_max = 65'536);

  private:
    struct State;
    explicit TickReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace aitrading::market
