#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "domain/book.hpp"

namespace aitrading::market {

/// Quantity resting at one price.
struct BookLevel {
    Price price;
    Quantity quantity;
    friend bool operator==(const BookLevel&, const BookLevel&) = default;
};

/// One side of a price-level book.
///
/// Levels near the best lie in an array with one slot a price step, and a two-storey bitmap tells which slots are
/// occupied; so setting a level and finding the next best cost a few instructions. Levels outside the array, or between
/// the steps, lie in an ordered map. The array is laid anew around the best when that nears its edge.
/// Memory: 8 bytes a slot. Measured against a sorted vector and std::map in docs/books.md.
class PriceLadder {
  public:
    static constexpr std::int64_t slots = 1 << 15;

    /// @pre step > 0
    PriceLadder(BookSide side, Price step);

    /// The quantity that rests at `price` from now on; 0 removes the level.
    /// @complexity O(1) near the best, O(log levels) far from it
    void set(Price price, Quantity quantity);
    void clear();
    std::optional<BookLevel> best() const;
    /// Best first, at most `count`. @complexity O(count + far levels)
    std::vector<BookLevel> levels(std::size_t count) const;
    std::size_t size() const { return near_count_ + far_.size(); }

  private:
    bool better(std::int64_t a, std::int64_t b) const { return side_ == BookSide::bid ? a > b : a < b; }
    std::int64_t price_at(std::int64_t slot) const { return (base_ + slot) * step_; }
    /// The first occupied slot from `slot` on, away from the best; -1 where there is none.
    std::int64_t occupied_from(std::int64_t slot) const;
    std::int64_t upward(std::int64_t slot) const;
    std::int64_t downward(std::int64_t slot) const;
    void put_near(std::int64_t slot, std::int64_t quantity);
    void put_far(std::int64_t price, std::int64_t quantity);
    std::optional<std::int64_t> best_far() const;
    void lay_around(std::int64_t price);
    void follow_best();

    BookSide side_;
    std::int64_t step_;
    std::int64_t base_ = 0;  ///< steps at slot 0
    bool laid_ = false;
    std::int64_t best_slot_ = -1;
    std::size_t near_count_ = 0;
    std::vector<std::int64_t> quantity_;
    std::array<std::uint64_t, slots / 64> occupied_{};
    std::array<std::uint64_t, slots / 4096> storey_{};
    std::map<std::int64_t, std::int64_t> far_;  ///< price in billionths to quantity
};

}  // namespace aitrading::market
