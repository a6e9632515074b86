#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fixed.hpp"
#include "base/time.hpp"
#include "domain/market.hpp"

namespace aitrading {

/// The timeframe in the key of a recording, named `book`. It stands beside the enumeration, not in it: whoever goes through
/// the timeframes of bars and ticks need not know that books exist.
inline constexpr Timeframe book_timeframe{255};

/// What one row of an order-book recording says.
enum class BookKind : std::uint8_t {
    level,     ///< the quantity that now rests at a price; 0: nothing does
    snapshot,  ///< one level of a full book, which replaces whatever was known
    trade,     ///< a trade; its side is that of the aggressor
    quote,     ///< best price and quantity of one side, as the exchange states them beside the book
    mark,      ///< a message without a level; carries update ids only
};
enum class BookSide : std::uint8_t { bid, ask };  ///< of a trade: bid = the buyer took, ask = the seller took

/// One row of a recording. The rows of one message follow each other; the last carries `last_of_message`. A book is read
/// between messages, never within one.
struct BookEvent {
    UnixNanos time;           ///< when the recorder received it: known from then on
    UnixNanos exchange_time;  ///< what the exchange says; 0 where it says nothing
    std::int64_t first_id = 0, last_id = 0;  ///< update ids that the message covers (Binance U, u); of a trade its id; 0: none
    std::int64_t previous_id = -1;           ///< last id of the message before (Binance pu); -1 where the source has none
    Price price;
    Quantity quantity;
    BookKind kind = BookKind::level;
    BookSide side = BookSide::bid;
    bool last_of_message = true;
    friend bool operator==(const BookEvent&, const BookEvent&) = default;
};

/// Rows of one recording, in the order of receipt. The key's timeframe is book_timeframe.
struct BookRows {
    SeriesKey key;
    int digits = 0;  ///< most decimals of a price
    std::vector<BookEvent> rows;
    std::size_t size() const { return rows.size(); }
};

}  // namespace aitrading
