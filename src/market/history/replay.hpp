#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/book.hpp"
#include "domain/market.hpp"
#include "ports/series_store/series_store.hpp"

namespace aitrading::market {

/// Consecutive rows [from, to) of one series that come before any further row of the others. Exactly one of the pointers
/// is set; it is valid until the next call. A bar's row is known at `known_at`, its close, not at its opening time.
struct ReplayRun {
    std::size_t series = 0;  ///< position among the keys asked for
    const BarColumns* bars = nullptr;
    const TickColumns* ticks = nullptr;
    const BookRows* book = nullptr;
    std::size_t from = 0, to = 0;
    std::int64_t delay_nanos = 0;  ///< length of a bar, 0 for ticks and books

    UnixNanos known_at(std::size_t row) const {
        const UnixNanos time = ticks != nullptr ? ticks->time[row] : bars != nullptr ? bars->time[row] : book->rows[row].time;
        return {time.value + delay_nanos};
    }
};

struct ReplayOptions {
    TimeRange range;                   ///< of the instants at which rows become known
    std::size_t batch_rows = 16'384;   ///< rows held in memory of each series
};

/// Stored series as one stream in the order in which their rows became known.
///
/// Order: by the instant of knowing (bars: opening time + length; ticks: their time; books: receipt). At the same instant
/// bars come first, shorter before longer, as they end before that instant; then ticks, then book events; then the series
/// in the order asked for; rows of one series keep their own order. So the same series give the same stream, whatever the
/// batches. Memory: `batch_rows` rows a series and what the store's engine reads at once.
class Replay {
  public:
    /// @pre the store outlives it @errors not_found, failed, usage (no series, one named twice)
    static Result<Replay> open(const ports::SeriesStore& store, const std::vector<SeriesKey>& keys,
                               const ReplayOptions& options = {});
    ~Replay();
    Replay(Replay&&) noexcept;
    Replay& operator=(Replay&&) noexcept;

    /// The next run, false at the end. @errors failed (a file cannot be read) @complexity O(log series) a run
    Result<bool> next(ReplayRun& run);

  private:
    class Source;
    Replay();
    bool before(std::size_t a, std::size_t b) const;
    void sink_root();
    std::vector<std::unique_ptr<Source>> sources_;
    std::vector<std::size_t> heap_;  ///< sources that have rows left; the first is the next to speak
    bool root_moved_ = false;
};

}  // namespace aitrading::market
