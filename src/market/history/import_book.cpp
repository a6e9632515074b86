#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "market/history/book_reader.hpp"
#include "market/history/import_parts.hpp"
#include "market/history/order_book.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t batch_rows = 65'536;

Result<void> stopped(const ImportOptions& options, const std::filesystem::path& path) {
    if (!options.stop.stop_requested()) return {};
    return fail(ErrorCode::interrupted, fmt::format("{}: interrupted, nothing of it was stored", path.string()));
}

/// Walks the stored rows beside those of the file, as long as they are the same.
class Comparison {
  public:
    Comparison(const ports::SeriesStore& store, const SeriesKey& key) : store_(store), key_(key) {}

    Result<void> add(const BookRows& rows) {
        for (const BookEvent& row : rows.rows) {
            if (!same_) return {};
            if (!cursor_) {
                auto opened = store_.open_book(key_, {row.time, {std::numeric_limits<std::int64_t>::max()}}, batch_rows);
                if (!opened && opened.error().code == ErrorCode::not_found) same_ = false;
                else if (!opened) return std::unexpected(opened.error());
                else cursor_ = *std::move(opened);
                if (!same_) return {};
            }
            if (at_ == old_.size()) {
                at_ = 0;
                TRY(same_, cursor_->next(old_));
                if (!same_) return {};
            }
            same_ = old_.rows[at_++] == row;
        }
        return {};
    }
    /// Every row so far is stored just so.
    bool same() const { return same_ && cursor_ != nullptr; }

  private:
    const ports::SeriesStore& store_;
    SeriesKey key_;
    std::unique_ptr<ports::Cursor<BookRows>> cursor_;
    BookRows old_;
    std::size_t at_ = 0;
    bool same_ = true;
};

/// What the first reading of the file tells.
struct Survey {
    UnixNanos first, last;
    std::int64_t rows = 0;
    int digits = 0;
    bool stored_already = false;
};

/// A price step that every price of the recording is likely a multiple of.
Price step_of(int digits) {
    Price step{Price::scale};
    for (int i = 0; i < digits; ++i) step.raw /= 10;
    return step;
}

Result<Survey> survey(BookReader& reader, const ports::SeriesStore& store, const ImportOptions& options,
                      ImportReport& report) {
    Survey out;
    BookRows batch;
    std::optional<Comparison> comparison;
    std::optional<BookFeed> feed;
    for (bool more = true; more;) {
        TRY_VOID(stopped(options, report.path));
        batch.rows.clear();
        TRY(more, reader.next(batch, batch_rows));
        if (batch.rows.empty()) continue;
        if (!comparison) {
            report.key.symbol = options.layout.symbol.empty() ? reader.symbol() : options.layout.symbol;
            if (report.key.symbol.empty()) return std::unexpected(symbol_unknown(report.path));
            comparison.emplace(store, report.key);
            feed.emplace(step_of(reader.digits()));
            out.first = batch.rows.front().time;
        }
        for (const BookEvent& row : batch.rows) feed->apply(row);
        TRY_VOID(comparison->add(batch));
        out.last = batch.rows.back().time;
        out.rows += static_cast<std::int64_t>(batch.size());
        if (options.progress) options.progress(out.rows);
    }
    if (out.rows == 0 || reader.defects().refused() > reader.line_number() / 2)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: {} of {} lines are no messages of a recording{}; record or download it again",
                                report.path.string(), reader.defects().refused(), reader.line_number(),
                                reader.defects().list().empty() ? "" : " (" + reader.defects().list()[0].text + ")"));
    out.digits = reader.digits();
    out.stored_already = comparison->same();
    const BookFeedCounts& counts = feed->counts();
    report.warnings.push_back(fmt::format(
        "{} book updates applied, {} older than their snapshot, {} before any snapshot, {} gaps in the update ids, "
        "{} snapshots, {} trades, {} quotes",
        counts.updates, counts.stale, counts.messages - counts.snapshots - counts.updates - counts.stale, counts.gaps,
        counts.snapshots, counts.trades, counts.quotes));
    return out;
}

Result<void> copy(const ports::SeriesStore& store, const SeriesKey& key, TimeRange range, ports::BookWriter& writer) {
    TRY(const auto cursor, store.open_book(key, range, batch_rows));
    BookRows batch;
    while (true) {
        TRY(const bool more, cursor->next(batch));
        if (!more) return {};
        TRY_VOID(writer.append(batch));
    }
}

/// The stored rows before and after the file's span, and the file's between them.
Result<void> write(ports::SeriesStore& store, const Survey& survey, const std::optional<SeriesInfo>& old,
                   const ImportOptions& options, const ImportReport& report) {
    TRY(const auto writer, store.replace_book(report.key, std::max(survey.digits, old ? old->digits : 0)));
    if (old) TRY_VOID(copy(store, report.key, {{std::numeric_limits<std::int64_t>::min()}, survey.first}, *writer));
    TRY(BookReader reader, BookReader::open(report.path, report.format));
    BookRows batch;
    for (bool more = true; more;) {
        TRY_VOID(stopped(options, report.path));
        batch.rows.clear();
        TRY(more, reader.next(batch, batch_rows));
        TRY_VOID(writer->append(batch));
    }
    const UnixNanos after{survey.last.value + 1};
    if (old) TRY_VOID(copy(store, report.key, {after, {std::numeric_limits<std::int64_t>::max()}}, *writer));
    return writer->commit();
}

Result<void> import_book(const ImportOptions& options, ports::SeriesStore& store, ImportReport& report) {
    if (options.timeframe && *options.timeframe != book_timeframe)
        return fail(ErrorCode::bad_input, fmt::format("{}: is the recording of an order book, not {}; leave out --timeframe",
                                                      report.path.string(), name(*options.timeframe)));
    TRY(BookReader reader, BookReader::open(report.path, options.format));
    report.format = reader.format();
    report.key.timeframe = book_timeframe;
    report.timezone = "UTC";
    TRY(const Survey found, survey(reader, store, options, report));
    report.rows_read = found.rows + reader.defects().refused();
    report.rows_rejected = reader.defects().refused();
    report.first = found.first;
    report.last = found.last;
    report.digits = found.digits;
    report.defects = reader.defects().list();
    if (found.stored_already) {
        report.rows_known = found.rows;
        return {};
    }
    TRY(const auto lock, store.lock_writers(report.key));
    std::optional<SeriesInfo> old;
    if (auto info = store.describe(report.key)) old = *std::move(info);
    else if (info.error().code != ErrorCode::not_found) return std::unexpected(info.error());
    if (old && old->rows > 0 && !options.replace) {
        TRY(const auto between, store.open_book(report.key, {found.first, {found.last.value + 1}}, 1));
        BookRows row;
        TRY(const bool overlaps, between->next(row));
        if (overlaps) {
            report.rows_conflicting = found.rows;
            report.warnings.push_back("a recording of this span with other rows is stored, which stayed; --replace takes the new");
            return {};
        }
    }
    TRY_VOID(write(store, found, old, options, report));
    report.rows_stored = found.rows;
    return {};
}

}  // namespace

Result<std::optional<ImportReport>> import_if_book(const std::filesystem::path& path, const ImportOptions& options,
                                                   ports::SeriesStore& store) {
    const bool asked = options.format == "binance-book" || options.format == "tardis";
    if (!asked && options.format != "auto") return std::nullopt;
    if (!asked) {
        const auto found = is_book_file(path);
        if (!found || !*found) return std::nullopt;  // what cannot be read at all is told by the other importers
    }
    ImportReport report;
    report.path = path;
    TRY_VOID(import_book(options, store, report));
    return report;
}

}  // namespace aitrading::market
