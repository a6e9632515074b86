#pragma once

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "domain/book.hpp"
#include "domain/market.hpp"

namespace aitrading::ports::conformance {

inline BarColumns some_bars(const SeriesKey& key, std::size_t rows, std::int64_t first_minute = 0, bool both_sides = false) {
    BarColumns bars;
    bars.key = key;
    bars.digits = 5;
    SplitMix64 random(rows + 1);
    for (std::size_t i = 0; i < rows; ++i) {
        const auto offset = static_cast<std::int64_t>(random.next() % 1000) * 10'000;
        const Price low{1'100'000'000 + offset};
        bars.append({{(first_minute + static_cast<std::int64_t>(i)) * nanos_per_minute}, low + Price{20'000},
                     low + Price{50'000}, low, low + Price{10'000}, {static_cast<std::int64_t>(i) * Quantity::scale}});
        if (!both_sides) continue;
        bars.ask_open.push_back(bars.open.back() + Price{10'000});
        bars.ask_high.push_back(bars.high.back() + Price{10'000});
        bars.ask_low.push_back(bars.low.back() + Price{10'000});
        bars.ask_close.push_back(bars.close.back() + Price{10'000});
        bars.spread.push_back({10'000});
    }
    return bars;
}

inline TickColumns some_ticks(const SeriesKey& key, std::size_t rows, std::int64_t from = 0) {
    TickColumns ticks;
    ticks.key = key;
    for (std::size_t i = 0; i < rows; ++i) {
        const auto n = from + static_cast<std::int64_t>(i);
        // Two ticks share each instant.
        ticks.append({{n / 2 * 1'000}, {1'200'000'000 + n % 100 * 10'000}, {1'200'010'000 + n % 100 * 10'000}, {n}, {n + 1}});
    }
    return ticks;
}

/// Messages of one to five rows of every kind, two messages an instant.
inline BookRows some_book(const SeriesKey& key, std::size_t rows) {
    BookRows book;
    book.key = key;
    book.digits = 1;
    SplitMix64 random(rows);
    std::int64_t message = 0, left = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        if (left == 0) {
            left = static_cast<std::int64_t>(random.next() % 5) + 1;
            ++message;
        }
        BookEvent event;
        event.time.value = message / 2 * 1'000;
        event.exchange_time.value = message % 7 == 0 ? 0 : event.time.value + 500'000'000;
        event.first_id = message * 10;
        event.last_id = message * 10 + 7;
        event.previous_id = message % 3 == 0 ? -1 : message * 10 - 3;
        event.kind = static_cast<BookKind>(message % 5);
        event.side = i % 2 == 0 ? BookSide::bid : BookSide::ask;
        event.price = {static_cast<std::int64_t>(random.next() % 10'000) * 100'000'000};
        event.quantity = {static_cast<std::int64_t>(random.next() % 1'000)};
        event.last_of_message = --left == 0 || i + 1 == rows;
        book.rows.push_back(event);
    }
    return book;
}

inline void expect_equal(const BarColumns& a, const BarColumns& b) {
    EXPECT_EQ(a.key, b.key);
    EXPECT_EQ(a.digits, b.digits);
    EXPECT_EQ(a.time, b.time);
    EXPECT_TRUE(a.open == b.open && a.high == b.high && a.low == b.low && a.close == b.close);
    EXPECT_TRUE(a.volume == b.volume && a.spread == b.spread);
    EXPECT_TRUE(a.ask_open == b.ask_open && a.ask_high == b.ask_high && a.ask_low == b.ask_low && a.ask_close == b.ask_close);
}

}  // namespace aitrading::ports::conformance
