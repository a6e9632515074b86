#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/book.hpp"
#include "market/history/price_ladder.hpp"

namespace aitrading::market {

/// A price-level (L2) book: what rests at each price, without the orders behind it.
class OrderBook {
  public:
    /// @param step size of one price step; prices between the steps are kept, only slower @pre step > 0
    explicit OrderBook(Price step) : bids_(BookSide::bid, step), asks_(BookSide::ask, step) {}

    void set(BookSide side, Price price, Quantity quantity) {
        (side == BookSide::bid ? bids_ : asks_).set(price, quantity);
    }
    void clear();
    const PriceLadder& bids() const { return bids_; }
    const PriceLadder& asks() const { return asks_; }
    /// Half of best bid and best ask, rounded down to a billionth; none where a side is empty.
    std::optional<Price> mid() const;
    /// The best bid is at or above the best ask: two messages are mixed up or one was lost.
    bool crossed() const;
    /// What rests on the `levels` best prices of a side.
    Quantity depth(BookSide side, std::size_t levels) const;
    /// (bids - asks) / (bids + asks) of the depth on `levels` prices a side, in [-1, 1]; none where both are empty.
    std::optional<double> imbalance(std::size_t levels) const;

  private:
    PriceLadder bids_, asks_;
};

/// What became of the messages of a recording.
struct BookFeedCounts {
    std::int64_t messages = 0;   ///< of the book: snapshots, updates, marks
    std::int64_t snapshots = 0;
    std::int64_t updates = 0;    ///< applied
    std::int64_t stale = 0;      ///< older than the snapshot, rightly left out
    std::int64_t waiting = 0;    ///< came while the book was invalid and were of no use for the snapshot that followed
    std::int64_t gaps = 0;       ///< times that the ids did not follow each other
    std::int64_t trades = 0, quotes = 0;
};

/// Builds the book from a recording, row by row, and knows when it may be believed.
///
/// The book is invalid until a snapshot, and again from a gap in the update ids to the next one. Messages that come
/// while it is invalid are kept (a million rows at most) and applied after the snapshot as far as they are newer, as the
/// exchange asks. Rules for updates with ids (U first, u last, pu last of the message before, L last applied):
/// with pu (futures): u < L is stale; the first after a snapshot needs pu <= L <= u, each later one pu = L;
/// without (spot): u <= L is stale; the first needs U <= L + 1 <= u, each later one U = L + 1.
/// Rows without ids are believed as they come, once there was a snapshot.
class BookFeed {
  public:
    explicit BookFeed(Price step) : book_(step) {}

    /// Takes the next row of the recording.
    void apply(const BookEvent& row) {
        if (row.kind == BookKind::level && accepting_ && !message_begins_) {
            book_.set(row.side, row.price, row.quantity);
            if (row.last_of_message) end_message();
            return;
        }
        apply_slow(row);
    }
    /// False until a snapshot and from a gap to the next. Ask between messages.
    bool valid() const { return valid_; }
    const OrderBook& book() const { return book_; }
    /// Last update id in the book, 0 where the source has none.
    std::int64_t last_id() const { return last_id_; }
    const BookFeedCounts& counts() const { return counts_; }

  private:
    enum class Verdict : std::uint8_t { apply, stale, gap, wait };
    void apply_slow(const BookEvent& row);
    void begin_message(const BookEvent& row);
    void end_message();
    Verdict judge(const BookEvent& row) const;
    void keep(const BookEvent& row);
    void apply_kept();

    OrderBook book_;
    BookFeedCounts counts_;
    bool valid_ = false, message_begins_ = true;
    bool accepting_ = false;        ///< the message at hand is applied
    bool keeping_ = false;          ///< the message at hand is kept for the next snapshot
    bool after_snapshot_ = false;   ///< no update was applied since the snapshot
    bool snapshot_at_hand_ = false;
    std::int64_t last_id_ = 0, message_last_id_ = 0;
    std::vector<BookEvent> kept_;
};

}  // namespace aitrading::market
