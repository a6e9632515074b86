#include "market/history/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace aitrading::market {
namespace {

/// The range shifted back by `nanos`, open ends staying open.
TimeRange shifted(TimeRange range, std::int64_t nanos) {
    const auto back = [&](UnixNanos t) {
        const bool open_end = t.value == std::numeric_limits<std::int64_t>::max();
        const bool near_end = t.value < std::numeric_limits<std::int64_t>::min() + nanos;
        return open_end || near_end ? t : UnixNanos{t.value - nanos};
    };
    return {back(range.from), back(range.to)};
}

/// Bars by length, then ticks, then books.
std::int64_t rank_of(Timeframe timeframe) {
    constexpr std::int64_t after_bars = std::numeric_limits<std::int64_t>::max() - 1;
    if (timeframe == Timeframe::ticks) return after_bars;
    return timeframe == book_timeframe ? after_bars + 1 : duration_nanos(timeframe);
}

}  // namespace

/// One series with the batch that it stands in.
class Replay::Source {
  public:
    static Result<std::unique_ptr<Source>> open(const ports::SeriesStore& store, const SeriesKey& key, std::size_t position,
                                                const ReplayOptions& options) {
        auto source = std::make_unique<Source>();
        source->position_ = position;
        source->rank_ = rank_of(key.timeframe);
        source->delay_ = duration_nanos(key.timeframe);
        const TimeRange range = shifted(options.range, source->delay_);
        if (key.timeframe == Timeframe::ticks) {
            TRY(source->tick_cursor_, store.open_ticks(key, range, options.batch_rows));
        } else if (key.timeframe == book_timeframe) {
            TRY(source->book_cursor_, store.open_book(key, range, options.batch_rows));
        } else {
            TRY(source->bar_cursor_, store.open_bars(key, range, options.batch_rows));
        }
        return source;
    }

    /// The next batch; false at the end.
    Result<bool> refill() {
        at_ = size_ = 0;
        if (tick_cursor_) {
            TRY(const bool more, tick_cursor_->next(ticks_));
            times_ = ticks_.time.data();
            size_ = more ? ticks_.size() : 0;
        } else if (bar_cursor_) {
            TRY(const bool more, bar_cursor_->next(bars_));
            times_ = bars_.time.data();
            size_ = more ? bars_.size() : 0;
        } else {
            TRY(const bool more, book_cursor_->next(book_));
            book_times_.clear();
            for (const BookEvent& event : book_.rows) book_times_.push_back(event.time);
            times_ = book_times_.data();
            size_ = more ? book_.size() : 0;
        }
        return size_ > 0;
    }

    bool empty() const { return at_ == size_; }
    std::int64_t head() const { return times_[at_].value + delay_; }
    /// Whether a row of this series that becomes known at `mine` comes before the head of `other`.
    bool precedes(std::int64_t mine, const Source& other) const {
        const std::int64_t theirs = other.head();
        if (mine != theirs) return mine < theirs;
        return rank_ != other.rank_ ? rank_ < other.rank_ : position_ < other.position_;
    }

    /// Takes the rows up to the head of `other`, or all of the batch. @pre the head comes before that of `other`
    void take(const Source* other, ReplayRun& run) {
        run = {};
        run.series = position_;
        run.delay_nanos = delay_;
        if (tick_cursor_) run.ticks = &ticks_;
        else if (bar_cursor_) run.bars = &bars_;
        else run.book = &book_;
        run.from = at_;
        if (other == nullptr) {
            at_ = size_;
        } else {
            const std::int64_t limit = other->head() - delay_;
            const bool first_at_tie = rank_ != other->rank_ ? rank_ < other->rank_ : position_ < other->position_;
            ++at_;
            while (at_ < size_ && (times_[at_].value < limit || (first_at_tie && times_[at_].value == limit))) ++at_;
        }
        run.to = at_;
    }

  private:
    std::unique_ptr<ports::Cursor<TickColumns>> tick_cursor_;
    std::unique_ptr<ports::Cursor<BarColumns>> bar_cursor_;
    std::unique_ptr<ports::Cursor<BookRows>> book_cursor_;
    TickColumns ticks_;
    BarColumns bars_;
    BookRows book_;
    std::vector<UnixNanos> book_times_;
    const UnixNanos* times_ = nullptr;
    std::size_t at_ = 0, size_ = 0, position_ = 0;
    std::int64_t delay_ = 0, rank_ = 0;
};

Replay::Replay() = default;
Replay::~Replay() = default;
Replay::Replay(Replay&&) noexcept = default;
Replay& Replay::operator=(Replay&&) noexcept = default;

Result<Replay> Replay::open(const ports::SeriesStore& store, const std::vector<SeriesKey>& keys,
                            const ReplayOptions& options) {
    if (keys.empty()) return fail(ErrorCode::usage, "a replay needs at least one series; see aitrading data list");
    Replay replay;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (std::count(keys.begin(), keys.end(), keys[i]) > 1)
            return fail(ErrorCode::usage, fmt::format("{} is named twice; name each series once", to_string(keys[i])));
        TRY(auto source, Source::open(store, keys[i], i, options));
        TRY(const bool any, source->refill());
        replay.sources_.push_back(std::move(source));
        if (any) replay.heap_.push_back(i);
    }
    std::ranges::sort(replay.heap_, [&](std::size_t a, std::size_t b) { return replay.before(a, b); });  // sorted is a heap
    return replay;
}

bool Replay::before(std::size_t a, std::size_t b) const { return sources_[a]->precedes(sources_[a]->head(), *sources_[b]); }

void Replay::sink_root() {
    std::size_t at = 0;
    while (true) {
        std::size_t child = 2 * at + 1;
        if (child >= heap_.size()) return;
        if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
        if (!before(heap_[child], heap_[at])) return;
        std::swap(heap_[child], heap_[at]);
        at = child;
    }
}

Result<bool> Replay::next(ReplayRun& run) {
    if (root_moved_) {
        root_moved_ = false;
        Source& last = *sources_[heap_[0]];
        bool more = !last.empty();
        if (!more) {
            TRY(more, last.refill());
        }
        if (!more) {
            heap_[0] = heap_.back();
            heap_.pop_back();
        }
        if (!heap_.empty()) sink_root();
    }
    if (heap_.empty()) return false;
    const Source* second = nullptr;
    if (heap_.size() > 1) {
        const bool right = heap_.size() > 2 && before(heap_[2], heap_[1]);
        second = sources_[heap_[right ? 2 : 1]].get();
    }
    sources_[heap_[0]]->take(second, run);
    root_moved_ = true;
    return true;
}

}  // namespace aitrading::market
