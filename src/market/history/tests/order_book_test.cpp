// The ladder against a plain map, and the rules by which a recording may be believed.
#include "market/history/order_book.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/random.hpp"

namespace aitrading::market {
namespace {

constexpr Price step{100'000'000};

/// The same side kept in an ordered map.
class ModelSide {
  public:
    explicit ModelSide(BookSide side) : side_(side) {}
    void set(Price price, Quantity quantity) {
        if (quantity.raw == 0) levels_.erase(price.raw);
        else levels_[price.raw] = quantity.raw;
    }
    std::vector<BookLevel> levels(std::size_t count) const {
        std::vector<BookLevel> out;
        const auto take = [&](auto from, auto end) {
            for (; from != end && out.size() < count; ++from) out.push_back({{from->first}, {from->second}});
        };
        if (side_ == BookSide::bid) take(levels_.rbegin(), levels_.rend());
        else take(levels_.begin(), levels_.end());
        return out;
    }
    std::size_t size() const { return levels_.size(); }

  private:
    BookSide side_;
    std::map<std::int64_t, std::int64_t> levels_;
};

void compare(const PriceLadder& ladder, const ModelSide& model, std::size_t count) {
    const auto wanted = model.levels(count);
    ASSERT_EQ(ladder.levels(count), wanted);
    ASSERT_EQ(ladder.size(), model.size());
    ASSERT_EQ(ladder.best().has_value(), !wanted.empty());
    if (!wanted.empty()) {
        ASSERT_EQ(*ladder.best(), wanted[0]);
    }
}

TEST(PriceLadder, equals_an_ordered_map_on_random_updates) {
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U}) {
        const BookSide side = seed % 2 == 0 ? BookSide::bid : BookSide::ask;
        PriceLadder ladder(side, step);
        ModelSide model(side);
        SplitMix64 random(seed);
        std::int64_t middle = 600'000;  // in steps; it wanders further than the window is wide
        for (int i = 0; i < 200'000; ++i) {
            if (random.next() % 1'000 == 0) middle += static_cast<std::int64_t>(random.next() % 20'001) - 10'000;
            middle = std::max<std::int64_t>(middle, 50'000);
            const std::uint64_t kind = random.next() % 20;
            const std::int64_t width = kind == 0 ? 40'000 : kind < 5 ? 2'000 : 50;
            std::int64_t price = (middle + static_cast<std::int64_t>(random.next() % (2 * static_cast<std::uint64_t>(width))) - width) *
                                 step.raw;
            if (kind == 1) price += 12'345;  // between the steps
            const Quantity quantity{random.next() % 2 == 0 ? 0 : static_cast<std::int64_t>(random.next() % 1'000) + 1};
            ladder.set({price}, quantity);
            model.set({price}, quantity);
            if (i % 50 == 0) {
                ASSERT_NO_FATAL_FAILURE(compare(ladder, model, 5)) << "seed " << seed << " update " << i;
            }
            if (i % 20'000 == 0) {
                ASSERT_NO_FATAL_FAILURE(compare(ladder, model, 1'000'000)) << "seed " << seed;
            }
        }
        // Taken away from the best on, every level shows in turn.
        while (const auto best = ladder.best()) {
            ladder.set(best->price, {});
            model.set(best->price, {});
            if (model.size() % 97 == 0) {
                ASSERT_NO_FATAL_FAILURE(compare(ladder, model, 3));
            }
        }
        EXPECT_EQ(model.size(), 0U);
    }
}

TEST(PriceLadder, clears_and_starts_again_elsewhere) {
    PriceLadder ladder(BookSide::bid, step);
    ladder.set({1'000 * step.raw}, {5});
    ladder.set({900'000 * step.raw}, {6});
    ladder.clear();
    EXPECT_FALSE(ladder.best().has_value());
    EXPECT_EQ(ladder.size(), 0U);
    ladder.set({7 * step.raw}, {8});
    EXPECT_EQ(ladder.best(), (BookLevel{{7 * step.raw}, {8}}));
}

TEST(OrderBook, depth_imbalance_and_crossing) {
    OrderBook book(step);
    EXPECT_FALSE(book.mid().has_value());
    EXPECT_FALSE(book.imbalance(5).has_value());
    book.set(BookSide::bid, {100 * step.raw}, {30});
    book.set(BookSide::bid, {99 * step.raw}, {50});
    book.set(BookSide::ask, {102 * step.raw}, {10});
    EXPECT_EQ(book.mid()->raw, 101 * step.raw);
    EXPECT_EQ(book.depth(BookSide::bid, 1).raw, 30);
    EXPECT_EQ(book.depth(BookSide::bid, 9).raw, 80);
    EXPECT_DOUBLE_EQ(*book.imbalance(1), 0.5);
    EXPECT_FALSE(book.crossed());
    book.set(BookSide::bid, {102 * step.raw}, {1});
    EXPECT_TRUE(book.crossed());
}

/// One message of one level on the bid at `price` steps.
BookEvent update(std::int64_t first, std::int64_t last, std::int64_t previous, std::int64_t price,
                 BookKind kind = BookKind::level) {
    BookEvent row;
    row.kind = kind;
    row.first_id = first;
    row.last_id = last;
    row.previous_id = previous;
    row.price = {price * step.raw};
    row.quantity = {1};
    return row;
}
BookEvent snapshot(std::int64_t id, std::int64_t price) { return update(id, id, -1, price, BookKind::snapshot); }

std::int64_t best_steps(const BookFeed& feed) { return feed.book().bids().best()->price.raw / step.raw; }

TEST(BookFeed, follows_the_rules_of_futures) {
    BookFeed feed(step);
    feed.apply(update(1, 5, 0, 10));
    EXPECT_FALSE(feed.valid());
    feed.apply(update(6, 9, 5, 11));    // ends at the snapshot's id: applied after it, as it may be newer in part
    feed.apply(update(12, 15, 9, 12));  // newer than the snapshot
    feed.apply(snapshot(9, 3));
    EXPECT_TRUE(feed.valid());
    EXPECT_EQ(feed.counts().stale, 1);
    EXPECT_EQ(feed.last_id(), 15);
    EXPECT_EQ(best_steps(feed), 12);
    feed.apply(update(20, 25, 15, 13));
    EXPECT_EQ(best_steps(feed), 13);
    feed.apply(update(40, 45, 30, 14));  // pu is not 25: a message is missing
    EXPECT_FALSE(feed.valid());
    EXPECT_EQ(feed.counts().gaps, 1);
    feed.apply(update(46, 50, 45, 15));
    feed.apply(snapshot(44, 7));
    EXPECT_TRUE(feed.valid());
    EXPECT_EQ(feed.last_id(), 50);  // both kept messages are newer than the snapshot
    EXPECT_EQ(feed.counts().updates, 5);
    EXPECT_EQ(feed.counts().messages, 8);
}

TEST(BookFeed, follows_the_rules_of_spot) {
    BookFeed feed(step);
    feed.apply(update(1, 5, -1, 10));
    feed.apply(update(6, 12, -1, 11));
    feed.apply(snapshot(8, 3));
    EXPECT_TRUE(feed.valid());
    EXPECT_EQ(feed.counts().stale, 1);
    EXPECT_EQ(feed.last_id(), 12);
    feed.apply(update(13, 14, -1, 12));
    EXPECT_TRUE(feed.valid());
    feed.apply(update(14, 16, -1, 13));  // overlaps: not what the exchange sends
    EXPECT_FALSE(feed.valid());
}

TEST(BookFeed, a_snapshot_that_is_older_than_what_was_kept_leaves_a_gap) {
    BookFeed feed(step);
    feed.apply(update(100, 110, 90, 10));
    feed.apply(snapshot(50, 3));
    EXPECT_FALSE(feed.valid());
    EXPECT_EQ(feed.counts().gaps, 1);
    feed.apply(snapshot(105, 4));
    EXPECT_TRUE(feed.valid());
    EXPECT_EQ(feed.last_id(), 110);
}

TEST(BookFeed, trades_quotes_and_marks_leave_the_levels) {
    BookFeed feed(step);
    feed.apply(snapshot(9, 3));
    feed.apply(update(10, 10, -1, 99, BookKind::trade));
    feed.apply(update(11, 11, -1, 98, BookKind::quote));
    EXPECT_EQ(best_steps(feed), 3);
    feed.apply(update(10, 20, 9, 0, BookKind::mark));
    EXPECT_EQ(feed.last_id(), 20);
    EXPECT_EQ(feed.book().bids().size(), 1U);
    EXPECT_EQ(feed.counts().trades, 1);
}

TEST(BookFeed, rows_of_one_message_count_once_and_sources_without_ids_are_believed) {
    BookFeed feed(step);
    BookEvent row = update(0, 0, -1, 5, BookKind::snapshot);
    row.last_of_message = false;
    feed.apply(row);
    EXPECT_FALSE(feed.valid());  // within the message
    row.price.raw = 6 * step.raw;
    row.last_of_message = true;
    feed.apply(row);
    EXPECT_TRUE(feed.valid());
    feed.apply(update(0, 0, -1, 7));
    EXPECT_EQ(best_steps(feed), 7);
    EXPECT_EQ(feed.counts().messages, 2);
}

}  // namespace
}  // namespace aitrading::market
