#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "ports/series_store/conformance/made_up_series.hpp"
#include "ports/series_store/series_store.hpp"

/// The suite that every engine of SeriesStore must pass. One .cpp of an engine's tests includes this file and instantiates
/// SeriesStoreConformance with a maker of empty stores.
namespace aitrading::ports::conformance {

/// A store that is empty, with whatever it needs around it.
struct FreshStore {
    std::shared_ptr<void> surroundings;
    std::unique_ptr<SeriesStore> store;
};
using MakeStore = std::function<FreshStore()>;

class SeriesStoreConformance : public testing::TestWithParam<MakeStore> {
  protected:
    FreshStore fresh_ = GetParam()();
    SeriesStore& store_ = *fresh_.store;
    const SeriesKey minutes_{"EURUSD", Timeframe::m1}, ticks_{"EURUSD", Timeframe::ticks},
        book_{"BTCUSDT", book_timeframe};

    Result<void> put(const TickColumns& ticks, std::size_t batch = 1'000) {
        TRY(const auto writer, store_.replace_ticks(ticks.key, ticks.digits));
        for (std::size_t from = 0; from < ticks.size(); from += batch) {
            TickColumns piece;
            piece.key = ticks.key;
            piece.digits = ticks.digits;
            for (std::size_t i = from; i < std::min(ticks.size(), from + batch); ++i) piece.append(ticks.tick(i));
            TRY_VOID(writer->append(piece));
        }
        return writer->commit();
    }
    TickColumns all_ticks(TimeRange range = {}, std::size_t batch = 777) {
        TickColumns out;
        EXPECT_TRUE(store_.stream_ticks(ticks_, range, batch, [&](const TickColumns& piece) {
            EXPECT_LE(piece.size(), batch);
            for (std::size_t i = 0; i < piece.size(); ++i) out.append(piece.tick(i));
            return true;
        }).has_value());
        return out;
    }
};

TEST_P(SeriesStoreConformance, gives_back_bars_as_they_were_put) {
    for (const bool both_sides : {false, true}) {
        const BarColumns bars = some_bars(minutes_, 5'000, 0, both_sides);
        ASSERT_TRUE(store_.replace_bars(bars).has_value());
        const auto back = store_.read_bars(minutes_, {});
        ASSERT_TRUE(back.has_value()) << back.error().text;
        expect_equal(*back, bars);
    }
}

TEST_P(SeriesStoreConformance, keeps_notes_while_the_series_lives) {
    EXPECT_EQ(store_.put_note(minutes_, "origin", "none").error().code, ErrorCode::not_found);
    const BarColumns bars = some_bars(minutes_, 50, 0, false);
    ASSERT_TRUE(store_.replace_bars(bars).has_value());
    EXPECT_EQ(store_.read_note(minutes_, "origin").error().code, ErrorCode::not_found);
    ASSERT_TRUE(store_.put_note(minutes_, "origin", "first").has_value());
    ASSERT_TRUE(store_.put_note(minutes_, "origin", "second\n\twith bytes").has_value());
    ASSERT_TRUE(store_.replace_bars(bars).has_value());
    EXPECT_EQ(store_.read_note(minutes_, "origin").value_or(""), "second\n\twith bytes");
    ASSERT_TRUE(store_.remove(minutes_).has_value());
    EXPECT_EQ(store_.read_note(minutes_, "origin").error().code, ErrorCode::not_found);
    ASSERT_TRUE(store_.replace_bars(bars).has_value());
    EXPECT_EQ(store_.read_note(minutes_, "origin").error().code, ErrorCode::not_found);
}

TEST_P(SeriesStoreConformance, keeps_every_billionth_of_a_price) {
    BarColumns bars = some_bars(minutes_, 3);
    bars.digits = 2;
    bars.close[1].raw += 1;
    bars.open[2].raw += 7;
    ASSERT_TRUE(store_.replace_bars(bars).has_value());
    expect_equal(*store_.read_bars(minutes_, {}), bars);
}

TEST_P(SeriesStoreConformance, reads_a_half_open_range) {
    ASSERT_TRUE(store_.replace_bars(some_bars(minutes_, 1'000)).has_value());
    const auto at = [](std::int64_t minute) { return UnixNanos{minute * nanos_per_minute}; };
    const auto part = store_.read_bars(minutes_, {at(100), at(200)});
    ASSERT_EQ(part->size(), 100U);
    EXPECT_EQ(part->time.front(), at(100));
    EXPECT_EQ(part->time.back(), at(199));
    EXPECT_EQ(store_.read_bars(minutes_, {at(5'000), at(6'000)})->size(), 0U);
}

TEST_P(SeriesStoreConformance, streams_batches_in_order_until_told_to_end) {
    ASSERT_TRUE(store_.replace_bars(some_bars(minutes_, 10'000)).has_value());
    std::vector<std::size_t> sizes;
    UnixNanos last{-1};
    ASSERT_TRUE(store_.stream_bars(minutes_, {}, 3'000, [&](const BarColumns& batch) {
        sizes.push_back(batch.size());
        EXPECT_LT(last, batch.time.front());
        last = batch.time.back();
        return sizes.size() < 2;
    }).has_value());
    EXPECT_EQ(sizes, (std::vector<std::size_t>{3'000, 3'000}));
}

TEST_P(SeriesStoreConformance, describes_and_lists_in_order) {
    BarColumns bars = some_bars(minutes_, 100);
    ASSERT_TRUE(store_.replace_bars(bars).has_value());
    ASSERT_TRUE(store_.replace_bars(some_bars({"AUD/USD x", Timeframe::h1}, 5)).has_value());
    ASSERT_TRUE(put(some_ticks(ticks_, 10)).has_value());
    const auto all = store_.list();
    ASSERT_EQ(all->size(), 3U);
    EXPECT_EQ((*all)[0].key.symbol, "AUD/USD x");
    EXPECT_EQ((*all)[1].key, ticks_);
    EXPECT_EQ((*all)[2].key, minutes_);
    const auto info = store_.describe(minutes_);
    EXPECT_EQ(info->rows, 100);
    EXPECT_EQ(info->first, bars.time.front());
    EXPECT_EQ(info->last, bars.time.back());
    EXPECT_EQ(info->gaps, 0);
}

TEST_P(SeriesStoreConformance, says_not_found_for_what_is_not_there) {
    EXPECT_EQ(store_.read_bars(minutes_, {}).error().code, ErrorCode::not_found);
    EXPECT_EQ(store_.describe(minutes_).error().code, ErrorCode::not_found);
    EXPECT_EQ(store_.remove(minutes_).error().code, ErrorCode::not_found);
    EXPECT_TRUE(store_.list()->empty());
}

TEST_P(SeriesStoreConformance, removes_a_series_and_takes_it_again) {
    ASSERT_TRUE(store_.replace_bars(some_bars(minutes_, 10)).has_value());
    ASSERT_TRUE(store_.remove(minutes_).has_value());
    EXPECT_EQ(store_.read_bars(minutes_, {}).error().code, ErrorCode::not_found);
    EXPECT_TRUE(store_.list()->empty());
    ASSERT_TRUE(store_.replace_bars(some_bars(minutes_, 7)).has_value());
    EXPECT_EQ(store_.describe(minutes_)->rows, 7);
}

TEST_P(SeriesStoreConformance, keeps_ticks_that_share_an_instant_in_their_order) {
    const TickColumns ticks = some_ticks(ticks_, 25'000);
    ASSERT_TRUE(put(ticks).has_value());
    const TickColumns back = all_ticks();
    EXPECT_TRUE(back.time == ticks.time && back.bid == ticks.bid && back.ask == ticks.ask);
    EXPECT_TRUE(back.bid_size == ticks.bid_size && back.ask_size == ticks.ask_size);
    EXPECT_EQ(all_ticks({{1'000'000}, {2'000'000}}).size(), 2'000U);
    EXPECT_EQ(store_.describe(ticks_)->rows, 25'000);
}

TEST_P(SeriesStoreConformance, shows_nothing_of_an_uncommitted_writer) {
    ASSERT_TRUE(put(some_ticks(ticks_, 100)).has_value());
    {
        auto writer = store_.replace_ticks(ticks_, 5);
        ASSERT_TRUE((*writer)->append(some_ticks(ticks_, 50'000)).has_value());
        EXPECT_EQ(all_ticks().size(), 100U);
    }
    EXPECT_EQ(all_ticks().size(), 100U);
    ASSERT_TRUE(put(some_ticks(ticks_, 200)).has_value());
    EXPECT_EQ(all_ticks().size(), 200U);
}

TEST_P(SeriesStoreConformance, a_reader_keeps_its_content_while_the_series_is_replaced_and_removed) {
    ASSERT_TRUE(put(some_ticks(ticks_, 25'000)).has_value());
    std::size_t rows = 0;
    ASSERT_TRUE(store_.stream_ticks(ticks_, {}, 1'000, [&](const TickColumns& batch) {
        if (rows == 0) {
            EXPECT_TRUE(put(some_ticks(ticks_, 10)).has_value());
            EXPECT_TRUE(store_.remove(ticks_).has_value());
        }
        rows += batch.size();
        return true;
    }).has_value());
    EXPECT_EQ(rows, 25'000U);
}

TEST_P(SeriesStoreConformance, cursors_give_the_rows_of_a_stream_at_the_readers_pace) {
    ASSERT_TRUE(put(some_ticks(ticks_, 25'000)).has_value());
    ASSERT_TRUE(store_.replace_bars(some_bars(minutes_, 5'000)).has_value());
    const TimeRange range{{2'000'000}, {9'000'001}};
    auto ticks = store_.open_ticks(ticks_, range, 777);
    auto bars = store_.open_bars(minutes_, {}, 1'000);
    ASSERT_TRUE(ticks.has_value() && bars.has_value());
    TickColumns all, batch;
    BarColumns bar_batch;
    std::size_t bar_rows = 0;
    while (*(*ticks)->next(batch)) {  // two cursors at once, turn by turn
        EXPECT_LE(batch.size(), 777U);
        for (std::size_t i = 0; i < batch.size(); ++i) all.append(batch.tick(i));
        if (*(*bars)->next(bar_batch)) bar_rows += bar_batch.size();
        if (all.size() == 777) {
            ASSERT_TRUE(put(some_ticks(ticks_, 10)).has_value());  // it keeps what it was opened on
        }
    }
    while (*(*bars)->next(bar_batch)) bar_rows += bar_batch.size();
    EXPECT_EQ(bar_rows, 5'000U);
    EXPECT_FALSE(*(*ticks)->next(batch));
    ASSERT_EQ(all.size(), 14'002U);
    EXPECT_EQ(all.time.front(), range.from);
    EXPECT_EQ(all.time.back().value, 9'000'000);
}

TEST_P(SeriesStoreConformance, keeps_negative_spreads_and_quantities_of_any_size) {
    TickColumns ticks = some_ticks(ticks_, 100);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        ticks.time[i].value *= 1'000'000;
        ticks.bid_size[i].raw *= Quantity::scale;
        ticks.ask_size[i].raw = 0;
        if (i % 3 == 0) std::swap(ticks.bid[i], ticks.ask[i]);
    }
    ASSERT_TRUE(put(ticks).has_value());
    const TickColumns back = all_ticks();
    EXPECT_TRUE(back.time == ticks.time && back.bid == ticks.bid && back.ask == ticks.ask);
    EXPECT_TRUE(back.bid_size == ticks.bid_size && back.ask_size == ticks.ask_size);
}

TEST_P(SeriesStoreConformance, keeps_the_recording_of_a_book_row_for_row) {
    const BookRows book = some_book(book_, 12'345);
    {
        auto writer = store_.replace_book(book_, 1);
        ASSERT_TRUE((*writer)->append(book).has_value());
        EXPECT_EQ(store_.describe(book_).error().code, ErrorCode::not_found);
        ASSERT_TRUE((*writer)->commit().has_value());
    }
    auto cursor = store_.open_book(book_, {}, 1'000);
    BookRows all, batch;
    while (*(*cursor)->next(batch)) all.rows.insert(all.rows.end(), batch.rows.begin(), batch.rows.end());
    EXPECT_TRUE(all.rows == book.rows);
    EXPECT_EQ(batch.key, book_);
    EXPECT_EQ(store_.describe(book_)->rows, 12'345);
    const TimeRange range{{100'000}, {200'000}};
    auto part = store_.open_book(book_, range, 1'000'000);
    ASSERT_TRUE(*(*part)->next(batch));
    EXPECT_EQ(std::ranges::count_if(book.rows, [&](const BookEvent& e) { return range.contains(e.time); }),
              static_cast<std::ptrdiff_t>(batch.size()));
    ASSERT_TRUE(store_.remove(book_).has_value());
}

TEST_P(SeriesStoreConformance, refuses_to_read_one_kind_as_another) {
    ASSERT_TRUE(put(some_ticks(ticks_, 10)).has_value());
    EXPECT_EQ(store_.open_bars(ticks_, {}, 10).error().code, ErrorCode::usage);
    EXPECT_EQ(store_.read_bars(book_, {}).error().code, ErrorCode::usage);
    EXPECT_EQ(store_.open_ticks(book_, {}, 10).error().code, ErrorCode::usage);
    EXPECT_EQ(store_.open_book(ticks_, {}, 10).error().code, ErrorCode::usage);
}

TEST_P(SeriesStoreConformance, lets_the_holder_of_the_lock_write) {
    const auto lock = store_.lock_writers(minutes_);
    ASSERT_TRUE(lock.has_value());
    EXPECT_TRUE(store_.replace_bars(some_bars(minutes_, 10)).has_value());
    EXPECT_TRUE(store_.replace_bars(some_bars(minutes_, 11)).has_value());
    EXPECT_EQ(store_.read_bars(minutes_, {})->size(), 11U);
}

}  // namespace aitrading::ports::conformance
