#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "domain/book.hpp"
#include "domain/market.hpp"

namespace aitrading::ports {

/// Receives one batch of a stream; returning false ends the stream early.
using BarSink = std::function<bool(const BarColumns& batch)>;
using TickSink = std::function<bool(const TickColumns& batch)>;

/// Takes a tick series in pieces of any size, in time order. Nothing is visible before `commit`; a writer that dies
/// uncommitted leaves the old content.
class TickWriter {
  public:
    virtual ~TickWriter() = default;
    /// The series takes the most digits of any batch, and of replace_ticks.
    virtual Result<void> append(const TickColumns& batch) = 0;
    virtual Result<void> commit() = 0;
};

/// As TickWriter, of an order-book recording, in the order of receipt.
class BookWriter {
  public:
    virtual ~BookWriter() = default;
    virtual Result<void> append(const BookRows& batch) = 0;
    virtual Result<void> commit() = 0;
};

/// Rows of a series at the reader's pace; it keeps the content it was opened on. Memory is bounded by one batch and what
/// the engine reads at once. @pre the store outlives it
template <class Batch>
class Cursor {
  public:
    virtual ~Cursor() = default;
    /// Puts the next rows in place of what `batch` held; false at the end. @errors failed
    virtual Result<bool> next(Batch& batch) = 0;
};

/// Held while a series is read and then replaced, so that no other writer comes between.
class WriteLock {
  public:
    virtual ~WriteLock() = default;
};

/// Series of bars and ticks by symbol and timeframe. Replacing a series is atomic: a reader sees the old or the new
/// content, also after kill -9. Readers never block writers of another series. Safe to use from several processes.
class SeriesStore {
  public:
    virtual ~SeriesStore() = default;

    /// Puts `bars` in place of whatever the series held. @pre times strictly increase
    /// @errors failed (no space, read-only folder), with the path
    virtual Result<void> replace_bars(const BarColumns& bars) = 0;
    /// Rows whose opening time lies in `range`, in time order. @errors not_found, failed
    virtual Result<BarColumns> read_bars(const SeriesKey& key, TimeRange range) const = 0;
    /// As read_bars, in batches of at most `batch_rows`, memory bounded by one batch. @errors not_found, failed
    virtual Result<void> stream_bars(const SeriesKey& key, TimeRange range, std::size_t batch_rows,
                                     const BarSink& sink) const = 0;

    /// Starts replacing a tick series. @errors failed
    virtual Result<std::unique_ptr<TickWriter>> replace_ticks(const SeriesKey& key, int digits) = 0;
    virtual Result<void> stream_ticks(const SeriesKey& key, TimeRange range, std::size_t batch_rows,
                                      const TickSink& sink) const = 0;

    /// The same at the reader's pace, batches of at most `batch_rows`. An engine that lacks cursors or books says so.
    /// @errors not_found, failed, usage (the series holds another kind of rows)
    virtual Result<std::unique_ptr<Cursor<BarColumns>>> open_bars(const SeriesKey&, TimeRange, std::size_t) const {
        return not_here("cursors over bars");
    }
    virtual Result<std::unique_ptr<Cursor<TickColumns>>> open_ticks(const SeriesKey&, TimeRange, std::size_t) const {
        return not_here("cursors over ticks");
    }

    /// Order books: the key's timeframe is `book`. The rows keep their order; the range is one of receipt.
    virtual Result<std::unique_ptr<BookWriter>> replace_book(const SeriesKey&, int /*digits*/) {
        return not_here("order books");
    }
    virtual Result<std::unique_ptr<Cursor<BookRows>>> open_book(const SeriesKey&, TimeRange, std::size_t) const {
        return not_here("order books");
    }

    /// Keeps other writers of this series out, of any process, until the lock is destroyed; readers go on. The holder's
    /// own replacements pass. Waits at most a minute. An engine with a single writer may return a lock that does nothing.
    /// @errors failed (another writer holds it; retry helps)
    virtual Result<std::unique_ptr<WriteLock>> lock_writers(const SeriesKey&) { return std::make_unique<WriteLock>(); }

    /// Keeps a small text (some megabytes at most) beside a series: it stays when the series is replaced and goes with it.
    /// Replaces one of the same name as a whole. @param name letters only @errors not_found (no such series), failed
    virtual Result<void> put_note(const SeriesKey& key, std::string_view name, std::string_view content) = 0;
    /// @errors not_found (no such note), failed
    virtual Result<std::string> read_note(const SeriesKey& key, std::string_view name) const = 0;

    /// All series, ordered by symbol and timeframe.
    virtual Result<std::vector<SeriesInfo>> list() const = 0;
    /// @errors not_found
    virtual Result<SeriesInfo> describe(const SeriesKey& key) const = 0;
    /// Bytes that a series takes on the disk; 0 where the engine cannot tell. @errors not_found
    virtual Result<std::int64_t> bytes_of(const SeriesKey&) const { return 0; }
    /// @errors not_found, failed
    virtual Result<void> remove(const SeriesKey& key) = 0;

  private:
    static std::unexpected<Error> not_here(std::string_view what) {
        return fail(ErrorCode::failed, "this store keeps no " + std::string(what) + "; use the Parquet store");
    }
};

}  // namespace aitrading::ports
