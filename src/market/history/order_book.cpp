#include "market/history/order_book.hpp"

#include <utility>

namespace aitrading::market {
namespace {

constexpr std::size_t kept_rows_max = 1'000'000;  // minutes of the busiest book; a snapshot follows within seconds

}  // namespace

void OrderBook::clear() {
    bids_.clear();
    asks_.clear();
}

std::optional<Price> OrderBook::mid() const {
    const auto bid = bids_.best(), ask = asks_.best();
    if (!bid || !ask) return std::nullopt;
    return Price{bid->price.raw + (ask->price.raw - bid->price.raw) / 2};
}

bool OrderBook::crossed() const {
    const auto bid = bids_.best(), ask = asks_.best();
    return bid && ask && bid->price >= ask->price;
}

Quantity OrderBook::depth(BookSide side, std::size_t levels) const {
    Quantity sum;
    for (const BookLevel& level : (side == BookSide::bid ? bids_ : asks_).levels(levels)) sum += level.quantity;
    return sum;
}

std::optional<double> OrderBook::imbalance(std::size_t levels) const {
    const double bid = depth(BookSide::bid, levels).to_double(), ask = depth(BookSide::ask, levels).to_double();
    if (bid + ask <= 0) return std::nullopt;
    return (bid - ask) / (bid + ask);
}

BookFeed::Verdict BookFeed::judge(const BookEvent& row) const {
    if (!valid_) return Verdict::wait;
    if (row.last_id == 0) return Verdict::apply;
    if (row.previous_id >= 0) {
        if (row.last_id < last_id_) return Verdict::stale;
        const bool follows = after_snapshot_ ? row.previous_id <= last_id_ : row.previous_id == last_id_;
        return follows ? Verdict::apply : Verdict::gap;
    }
    if (row.last_id <= last_id_) return Verdict::stale;
    const bool follows = after_snapshot_ ? row.first_id <= last_id_ + 1 : row.first_id == last_id_ + 1;
    return follows ? Verdict::apply : Verdict::gap;
}

void BookFeed::begin_message(const BookEvent& row) {
    message_begins_ = false;
    accepting_ = keeping_ = snapshot_at_hand_ = false;
    if (row.kind == BookKind::trade || row.kind == BookKind::quote) {
        ++(row.kind == BookKind::trade ? counts_.trades : counts_.quotes);
        return;
    }
    ++counts_.messages;
    message_last_id_ = row.last_id;
    if (row.kind == BookKind::snapshot) {
        book_.clear();
        snapshot_at_hand_ = accepting_ = true;
        return;
    }
    switch (judge(row)) {
        case Verdict::apply: accepting_ = true; break;
        case Verdict::stale: ++counts_.stale; break;
        case Verdict::gap:
            ++counts_.gaps;
            valid_ = false;
            [[fallthrough]];
        case Verdict::wait: keeping_ = true; break;
    }
}

void BookFeed::end_message() {
    message_begins_ = true;
    if (snapshot_at_hand_) {
        snapshot_at_hand_ = false;
        ++counts_.snapshots;
        valid_ = after_snapshot_ = true;
        last_id_ = message_last_id_;
        apply_kept();
    } else if (accepting_) {
        ++counts_.updates;
        after_snapshot_ = false;
        if (message_last_id_ != 0) last_id_ = message_last_id_;
    }
}

void BookFeed::keep(const BookEvent& row) {
    if (kept_.size() == kept_rows_max) {
        for (const BookEvent& old : kept_) counts_.waiting += old.last_of_message ? 1 : 0;
        kept_.clear();
    }
    kept_.push_back(row);
}

void BookFeed::apply_kept() {
    const std::vector<BookEvent> kept = std::exchange(kept_, {});
    for (const BookEvent& row : kept) {
        // A row without ids says nothing of its age: what came before the snapshot is in it.
        if (row.last_id == 0) {
            counts_.waiting += row.last_of_message ? 1 : 0;
            continue;
        }
        if (message_begins_) --counts_.messages;  // it was counted when it came
        apply(row);
    }
}

void BookFeed::apply_slow(const BookEvent& row) {
    if (message_begins_) begin_message(row);
    if (accepting_ && (row.kind == BookKind::level || row.kind == BookKind::snapshot))
        book_.set(row.side, row.price, row.quantity);
    if (keeping_) keep(row);
    if (row.last_of_message) end_message();
}

}  // namespace aitrading::market
