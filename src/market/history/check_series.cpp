#include "market/history/check_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace aitrading::market {
namespace {

constexpr std::size_t batch_rows = 65'536, gaps_shown = 10;

void add_gap(std::vector<Gap>& longest, const Gap& gap) {
    const auto place = std::ranges::upper_bound(longest, gap.missing_bars, std::ranges::greater{}, &Gap::missing_bars);
    longest.insert(place, gap);
    if (longest.size() > gaps_shown) longest.pop_back();
}

/// Walks over bars with the last two in hand.
class BarCheck {
  public:
    BarCheck(SeriesCheck& out, DefectTally& defects, std::int64_t median_range)
        : out_(out), defects_(defects), spike_(20 * median_range) {}

    void add(const BarColumns& batch) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            ++row_;
            const Bar bar = batch.bar(i);
            check_alone(bar);
            if (batch.has_ask() && batch.ask_close[i] < bar.close) note("crossed", bar, "the ask closes below the bid");
            if (row_ > 1) check_step(bar);
            before_ = last_;
            last_ = bar;
        }
    }

  private:
    void note(std::string_view kind, const Bar& bar, std::string_view what) {
        defects_.note(kind, row_, defects_.knows(kind) ? "" : fmt::format("{}: {}", to_iso8601(bar.time), what));
    }
    void check_alone(const Bar& bar) {
        if (bar.low.raw <= 0 || bar.high < bar.low || bar.open > bar.high || bar.open < bar.low || bar.close > bar.high ||
            bar.close < bar.low)
            note("unsound", bar, "prices contradict each other");
        if (bar.high == bar.low && bar.volume.raw == 0 && row_ > 1 && bar.open == last_.close)
            note("flat", bar, "a bar without movement or volume, perhaps filled in by the source");
    }
    void check_step(const Bar& bar) {
        if (bar.time <= last_.time) note("order", bar, "does not follow the bar before");
        const std::int64_t step = duration_nanos(out_.info.key.timeframe);
        if (is_gap(out_.info.key.timeframe, last_.time, bar.time))
            add_gap(out_.longest_gaps, {last_.time, bar.time, (bar.time.value - last_.time.value) / step - 1});
        if (row_ < 3 || spike_ == 0) return;
        const std::int64_t there = last_.close.raw - before_.close.raw, back = bar.close.raw - last_.close.raw;
        if (std::abs(there) > spike_ && std::abs(back) > spike_ && (there > 0) != (back > 0))
            note("spike", last_, "the close jumps by more than twenty median ranges and comes back");
    }

    SeriesCheck& out_;
    DefectTally& defects_;
    std::int64_t spike_, row_ = 0;
    Bar last_, before_;
};

/// Median range of the first rows, enough to tell a jump from usual movement.
Result<std::int64_t> median_range(const ports::SeriesStore& store, const SeriesKey& key) {
    std::vector<std::int64_t> ranges;
    TRY_VOID(store.stream_bars(key, {}, batch_rows, [&](const BarColumns& batch) {
        for (std::size_t i = 0; i < batch.size(); ++i) ranges.push_back(batch.high[i].raw - batch.low[i].raw);
        return false;
    }));
    if (ranges.empty()) return 0;
    std::ranges::nth_element(ranges, ranges.begin() + static_cast<std::ptrdiff_t>(ranges.size() / 2));
    return ranges[ranges.size() / 2];
}

Result<void> check_ticks(const ports::SeriesStore& store, const SeriesKey& key, DefectTally& defects) {
    std::int64_t row = 0;
    UnixNanos last{INT64_MIN};
    return store.stream_ticks(key, {}, batch_rows, [&](const TickColumns& batch) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            ++row;
            const Tick tick = batch.tick(i);
            const auto note = [&](std::string_view kind, std::string_view what) {
                defects.note(kind, row, defects.knows(kind) ? "" : fmt::format("{}: {}", to_iso8601(tick.time), what));
            };
            if (tick.time < last) note("order", "is earlier than the tick before");
            if (tick.bid.raw <= 0 || tick.ask.raw <= 0) note("unsound", "a price is not positive");
            if (tick.ask < tick.bid) note("crossed", "the ask is below the bid");
            last = tick.time;
        }
        return true;
    });
}

}  // namespace

Result<SeriesCheck> check_series(const ports::SeriesStore& store, const SeriesKey& key) {
    if (key.timeframe == book_timeframe) return check_book(store, key);
    SeriesCheck out;
    DefectTally defects;
    TRY(out.info, store.describe(key));
    if (key.timeframe == Timeframe::ticks) {
        TRY_VOID(check_ticks(store, key, defects));
    } else {
        TRY(const std::int64_t range, median_range(store, key));
        BarCheck check(out, defects, range);
        TRY_VOID(store.stream_bars(key, {}, batch_rows, [&](const BarColumns& batch) {
            check.add(batch);
            return true;
        }));
    }
    out.defects = defects.list();
    return out;
}

}  // namespace aitrading::market
