#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/book.hpp"

namespace aitrading::market {

/// Why a line of a recording is refused; an empty kind means that it is not.
struct BookFault {
    std::string_view kind;  ///< not_a_message, not_a_number, negative, too_large, too_small, not_a_time
    std::string text;
    explicit operator bool() const { return !kind.empty(); }
};

/// Turns the lines of one recording into rows, whole messages at a time.
class BookParser {
  public:
    virtual ~BookParser() = default;
    /// Appends the rows that the line completes, nothing where it is refused.
    virtual BookFault parse(std::string_view line, std::vector<BookEvent>& out) = 0;
    /// Appends what waited for a next line.
    virtual void finish(std::vector<BookEvent>& /*out*/) {}
    /// Instrument that the last line named; empty where it named none.
    virtual std::string_view symbol() const = 0;
    /// Most decimals of a price so far.
    int digits() const { return digits_; }

  protected:
    /// Price or quantity of a level as the file writes them. @return a fault naming the text
    BookFault read_price(std::string_view text, Price& out);
    BookFault read_quantity(std::string_view text, Quantity& out);

  private:
    int digits_ = 0;
};

/// `binance-book`: `nanoseconds of receipt`, blank, the raw JSON of the exchange's streams (depthUpdate, bookTicker,
/// trade, aggTrade, alone or inside {"stream","data"}) and of the REST snapshot. Messages of other kinds are refused.
std::unique_ptr<BookParser> make_binance_parser();

/// `tardis`: one of the vendor's normalised tables, told by its header: incremental_book_L2, book_snapshot_N, trades, quotes.
/// Rows of one local_timestamp are one message. @errors bad_input (the header names none of them)
Result<std::unique_ptr<BookParser>> make_tardis_parser(std::string_view header);

/// `binance-book`, `tardis` or empty, by the first line.
std::string_view book_format_of(std::string_view first_line);

}  // namespace aitrading::market
