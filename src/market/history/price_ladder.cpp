#include "market/history/price_ladder.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace aitrading::market {

PriceLadder::PriceLadder(BookSide side, Price step)
    : side_(side), step_(step.raw), quantity_(static_cast<std::size_t>(slots), 0) {
    CHECK(step.raw > 0);
}

std::int64_t PriceLadder::upward(std::int64_t slot) const {
    if (slot >= slots) return -1;
    const auto bit = static_cast<std::uint64_t>(slot);
    std::size_t word = bit / 64;
    if (const std::uint64_t rest = occupied_[word] >> (bit % 64); rest != 0) return slot + std::countr_zero(rest);
    if (++word == occupied_.size()) return -1;
    std::size_t block = word / 64;
    std::uint64_t words = storey_[block] >> (word % 64) << (word % 64);
    while (words == 0) {
        if (++block == storey_.size()) return -1;
        words = storey_[block];
    }
    word = block * 64 + static_cast<std::size_t>(std::countr_zero(words));
    return static_cast<std::int64_t>(word * 64) + std::countr_zero(occupied_[word]);
}

std::int64_t PriceLadder::downward(std::int64_t slot) const {
    if (slot < 0) return -1;
    const auto bit = static_cast<std::uint64_t>(slot);
    std::size_t word = bit / 64;
    if (const std::uint64_t rest = occupied_[word] << (63 - bit % 64); rest != 0) return slot - std::countl_zero(rest);
    if (word == 0) return -1;
    --word;
    std::size_t block = word / 64;
    std::uint64_t words = storey_[block] << (63 - word % 64) >> (63 - word % 64);
    while (words == 0) {
        if (block == 0) return -1;
        words = storey_[--block];
    }
    word = block * 64 + 63 - static_cast<std::size_t>(std::countl_zero(words));
    return static_cast<std::int64_t>(word * 64) + 63 - std::countl_zero(occupied_[word]);
}

std::int64_t PriceLadder::occupied_from(std::int64_t slot) const {
    return side_ == BookSide::bid ? downward(slot) : upward(slot);
}

void PriceLadder::put_near(std::int64_t slot, std::int64_t quantity) {
    const auto at = static_cast<std::size_t>(slot);
    std::int64_t& held = quantity_[at];
    const bool was = held != 0;
    held = quantity;
    if (was == (quantity != 0)) return;
    const std::size_t word = at / 64;
    if (quantity != 0) {
        ++near_count_;
        occupied_[word] |= 1ULL << (at % 64);
        storey_[word / 64] |= 1ULL << (word % 64);
        if (best_slot_ < 0 || better(slot, best_slot_)) best_slot_ = slot;
        return;
    }
    --near_count_;
    occupied_[word] &= ~(1ULL << (at % 64));
    if (occupied_[word] == 0) storey_[word / 64] &= ~(1ULL << (word % 64));
    if (slot == best_slot_) best_slot_ = occupied_from(slot);
}

void PriceLadder::put_far(std::int64_t price, std::int64_t quantity) {
    if (quantity == 0) far_.erase(price);
    else far_[price] = quantity;
}

std::optional<std::int64_t> PriceLadder::best_far() const {
    if (far_.empty()) return std::nullopt;
    return side_ == BookSide::bid ? far_.rbegin()->first : far_.begin()->first;
}

void PriceLadder::lay_around(std::int64_t price) {
    for (std::int64_t slot = upward(0); slot >= 0; slot = upward(slot + 1)) {
        far_[price_at(slot)] = quantity_[static_cast<std::size_t>(slot)];
        quantity_[static_cast<std::size_t>(slot)] = 0;
    }
    occupied_.fill(0);
    storey_.fill(0);
    near_count_ = 0;
    best_slot_ = -1;
    laid_ = true;
    base_ = price / step_ - slots / 2;
    const auto end = far_.lower_bound(price_at(slots));
    for (auto it = far_.lower_bound(price_at(0)); it != end;) {
        if (it->first % step_ != 0) {
            ++it;
            continue;
        }
        put_near(it->first / step_ - base_, it->second);
        it = far_.erase(it);
    }
}

void PriceLadder::follow_best() {
    constexpr std::int64_t edge = slots / 8;
    const auto far = best_far();
    const bool best_is_far = far && (best_slot_ < 0 || better(*far, price_at(best_slot_)));
    if (best_is_far) {
        if (*far % step_ == 0) lay_around(*far);
    } else if (best_slot_ >= 0 && (best_slot_ < edge || best_slot_ >= slots - edge)) {
        lay_around(price_at(best_slot_));
    }
}

void PriceLadder::set(Price price, Quantity quantity) {
    const std::int64_t steps = price.raw / step_, slot = steps - base_;
    const bool near = laid_ && slot >= 0 && slot < slots && steps * step_ == price.raw;
    const std::int64_t old_best = best_slot_;
    if (near) {
        put_near(slot, quantity.raw);
        if (best_slot_ != old_best) follow_best();
        return;
    }
    put_far(price.raw, quantity.raw);
    if (quantity.raw != 0) follow_best();
}

void PriceLadder::clear() {
    std::ranges::fill(quantity_, 0);
    occupied_.fill(0);
    storey_.fill(0);
    far_.clear();
    near_count_ = 0;
    best_slot_ = -1;
    laid_ = false;
}

std::optional<BookLevel> PriceLadder::best() const {
    const auto far = best_far();
    if (far && (best_slot_ < 0 || better(*far, price_at(best_slot_))))
        return BookLevel{{*far}, {side_ == BookSide::bid ? far_.rbegin()->second : far_.begin()->second}};
    if (best_slot_ < 0) return std::nullopt;
    return BookLevel{{price_at(best_slot_)}, {quantity_[static_cast<std::size_t>(best_slot_)]}};
}

std::vector<BookLevel> PriceLadder::levels(std::size_t count) const {
    std::vector<BookLevel> out;
    const auto take_near = [&](std::int64_t slot) {
        out.push_back({{price_at(slot)}, {quantity_[static_cast<std::size_t>(slot)]}});
    };
    std::int64_t slot = best_slot_;
    const auto merge = [&](auto from, auto end) {
        while (out.size() < count && (slot >= 0 || from != end)) {
            if (slot >= 0 && (from == end || better(price_at(slot), from->first))) {
                take_near(slot);
                slot = occupied_from(side_ == BookSide::bid ? slot - 1 : slot + 1);
            } else {
                out.push_back({{from->first}, {from->second}});
                ++from;
            }
        }
    };
    if (side_ == BookSide::bid) merge(far_.rbegin(), far_.rend());
    else merge(far_.begin(), far_.end());
    return out;
}

}  // namespace aitrading::market
