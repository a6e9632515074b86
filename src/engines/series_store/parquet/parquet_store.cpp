#include "engines/series_store/parquet/parquet_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <mutex>
#include <set>
#include <system_error>

#include "base/check.hpp"
#include "engines/series_store/parquet/book_columns.hpp"
#include "engines/series_store/parquet/columns.hpp"
#include "engines/series_store/parquet/duck.hpp"
#include "engines/disk/files.hpp"
#include "engines/series_store/parquet/home_format.hpp"
#include "engines/series_store/parquet/manifest.hpp"
#include "engines/series_store/parquet/part_reader.hpp"
#include "engines/series_store/parquet/row_formats.hpp"

namespace aitrading::engines {
namespace fs = std::filesystem;
namespace {

constexpr int lock_wait_ms = 60'000;
constexpr std::string_view manifest_name = "series.manifest", note_prefix = "note-";

class ParquetStore final : public ParquetSeriesStore {
  public:
    ParquetStore(fs::path home, ParquetStoreOptions options) : home_(std::move(home)), options_(options) {}

    Result<void> replace_bars(const BarColumns& bars) override;
    Result<BarColumns> read_bars(const SeriesKey& key, TimeRange range) const override;
    Result<void> stream_bars(const SeriesKey& key, TimeRange range, std::size_t batch_rows,
                             const ports::BarSink& sink) const override;
    Result<std::unique_ptr<ports::TickWriter>> replace_ticks(const SeriesKey& key, int digits) override;
    Result<void> stream_ticks(const SeriesKey& key, TimeRange range, std::size_t batch_rows,
                              const ports::TickSink& sink) const override;
    Result<std::unique_ptr<ports::Cursor<BarColumns>>> open_bars(const SeriesKey& key, TimeRange range,
                                                                 std::size_t batch_rows) const override;
    Result<std::unique_ptr<ports::Cursor<TickColumns>>> open_ticks(const SeriesKey& key, TimeRange range,
                                                                   std::size_t batch_rows) const override;
    Result<std::unique_ptr<ports::BookWriter>> replace_book(const SeriesKey& key, int digits) override;
    Result<std::unique_ptr<ports::Cursor<BookRows>>> open_book(const SeriesKey& key, TimeRange range,
                                                               std::size_t batch_rows) const override;
    Result<std::unique_ptr<ports::WriteLock>> lock_writers(const SeriesKey& key) override;
    Result<void> put_note(const SeriesKey& key, std::string_view name, std::string_view content) override;
    Result<std::string> read_note(const SeriesKey& key, std::string_view name) const override;
    Result<std::vector<SeriesInfo>> list() const override;
    Result<SeriesInfo> describe(const SeriesKey& key) const override;
    Result<std::int64_t> bytes_of(const SeriesKey& key) const override;
    Result<void> remove(const SeriesKey& key) override;
    Result<std::int64_t> export_parquet(const SeriesKey& key, const fs::path& out) const override;

    // Used by the writers below.
    fs::path folder(const SeriesKey& key) const {
        return home_ / "data" / folder_name(key.symbol) / std::string(name(key.timeframe));
    }
    Result<Manifest> read_manifest(const SeriesKey& key) const;
    /// Writes one part and syncs it. @pre the writer's lock is held
    Result<Part> write_part(const SeriesKey& key, const std::string& file, const IntegerColumns& columns);
    /// Makes `manifest` the content and removes what it does not name.
    Result<void> publish(const Manifest& manifest);
    void remove_unnamed(const SeriesKey& key, const Manifest* manifest) const;
    Result<std::unique_ptr<ports::WriteLock>> lock_unless_held(const SeriesKey& key);
    void forget_lock(const SeriesKey& key) {
        const std::scoped_lock guard(mutex_);
        held_.erase(key);
    }
    std::size_t part_rows() const { return options_.part_rows; }

  private:
    Result<Duck*> duck() const;
    Result<OpenSeries> open_series(const SeriesKey& key, TimeRange range) const;
    template <class Batch, class Format>
    Result<std::unique_ptr<ports::Cursor<Batch>>> open(const SeriesKey& key, Timeframe kind, TimeRange range,
                                                       std::size_t batch_rows) const;
    template <class Port, class Batch>
    Result<std::unique_ptr<Port>> replace(const SeriesKey& key, int digits);

    fs::path home_;
    ParquetStoreOptions options_;
    mutable std::mutex mutex_;
    mutable std::unique_ptr<Duck> duck_;  // made when first needed: listing series must not start a database
    std::set<SeriesKey> held_;            // series whose writers' lock this store holds
};

/// The file lock, and the note in the store that it is held.
class SeriesLock final : public ports::WriteLock {
  public:
    SeriesLock(ParquetStore& store, SeriesKey key, FileHandle file)
        : store_(store), key_(std::move(key)), file_(std::move(file)) {}
    ~SeriesLock() override { store_.forget_lock(key_); }

  private:
    ParquetStore& store_;
    SeriesKey key_;
    FileHandle file_;
};

/// Takes rows in pieces, writes a part whenever one is full, and publishes them all at once.
template <class Port, class Batch>
class PartWriter final : public Port {
  public:
    PartWriter(ParquetStore& store, SeriesKey key, int digits, std::int64_t generation,
               std::unique_ptr<ports::WriteLock> lock)
        : store_(store), lock_(std::move(lock)) {
        manifest_.info.key = buffer_.key = std::move(key);
        manifest_.info.digits = digits;
        manifest_.info.has_ask = true;
        manifest_.generation = generation;
    }
    ~PartWriter() override {
        if (committed_) return;
        const auto kept = store_.read_manifest(manifest_.info.key);
        store_.remove_unnamed(manifest_.info.key, kept ? &*kept : nullptr);
    }

    Result<void> append(const Batch& batch) override {
        CHECK(!committed_);
        manifest_.info.digits = std::max(manifest_.info.digits, batch.digits);
        for (std::size_t i = 0; i < batch.size(); ++i) {
            take(batch, i);
            if (buffer_.size() == store_.part_rows()) TRY_VOID(flush());
        }
        return {};
    }

    Result<void> commit() override {
        CHECK(!committed_);
        TRY_VOID(flush());
        TRY_VOID(store_.publish(manifest_));
        committed_ = true;
        return {};
    }

  private:
    void take(const TickColumns& batch, std::size_t i) { buffer_.append(batch.tick(i)); }
    void take(const BookRows& batch, std::size_t i) { buffer_.rows.push_back(batch.rows[i]); }
    static void clear(TickColumns& buffer) { buffer.clear(); }
    static void clear(BookRows& buffer) { buffer.rows.clear(); }

    Result<void> flush() {
        if (buffer_.size() == 0) return {};
        const std::string file = fmt::format("part-{}-{}.parquet", manifest_.generation, manifest_.parts.size());
        TRY(Part part, store_.write_part(manifest_.info.key, file, to_integers(buffer_, manifest_.info.digits)));
        if (manifest_.parts.empty()) manifest_.info.first = part.first;
        CHECK(manifest_.parts.empty() || manifest_.info.last <= part.first);
        manifest_.info.last = part.last;
        manifest_.info.rows += part.rows;
        manifest_.parts.push_back(std::move(part));
        clear(buffer_);
        return {};
    }

    ParquetStore& store_;
    std::unique_ptr<ports::WriteLock> lock_;
    Manifest manifest_;
    Batch buffer_;
    bool committed_ = false;
};

/// A series holds one kind of rows; asking for another is an answer, not a bug, as the key comes from a user.
Result<void> expect_kind(const SeriesKey& key, Timeframe kind) {
    const bool bars = duration_nanos(key.timeframe) > 0;
    if (kind == key.timeframe || (bars && duration_nanos(kind) > 0)) return {};
    return fail(ErrorCode::usage,
                fmt::format("{} holds {}, not {}", to_string(key), bars ? "bars" : name(key.timeframe),
                            duration_nanos(kind) > 0 ? "bars" : kind == Timeframe::ticks ? "ticks" : "an order book"));
}

Result<Duck*> ParquetStore::duck() const {
    const std::scoped_lock guard(mutex_);
    if (!duck_) {
        TRY(duck_, Duck::open());
    }
    return duck_.get();
}

Result<Manifest> ParquetStore::read_manifest(const SeriesKey& key) const {
    const fs::path file = folder(key) / manifest_name;
    const auto text = read_small_file(file);
    if (!text && text.error().code == ErrorCode::not_found)
        return fail(ErrorCode::not_found,
                    fmt::format("no series {} in {}; see `aitrading data list`, or import it with `aitrading data import`",
                                to_string(key), home_.string()));
    if (!text) return std::unexpected(text.error());
    return parse_manifest(*text, file);
}

Result<OpenSeries> ParquetStore::open_series(const SeriesKey& key, TimeRange range) const {
    // A writer may replace the manifest and remove the old parts between our two steps: then the new one is read.
    constexpr int attempts_max = 20;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        OpenSeries series;
        series.folder = folder(key);
        TRY(series.manifest, read_manifest(key));
        bool complete = true;
        for (const Part& part : series.manifest.parts) {
            if (part.last < range.from || part.first >= range.to) continue;
            FileHandle file(::open((folder(key) / part.file).c_str(), O_RDONLY | O_CLOEXEC));
            if (!file && errno != ENOENT)
                return std::unexpected(disk_error("read", folder(key) / part.file, errno));
            complete = complete && static_cast<bool>(file);
            series.parts.push_back(part);
            series.files.push_back(std::move(file));
        }
        if (complete) return series;
    }
    return fail(ErrorCode::failed, fmt::format("files of {} are missing in {}; remove the series and import it again",
                                               to_string(key), folder(key).string()));
}

template <class Batch, class Format>
Result<std::unique_ptr<ports::Cursor<Batch>>> ParquetStore::open(const SeriesKey& key, Timeframe kind, TimeRange range,
                                                                 std::size_t batch_rows) const {
    CHECK(batch_rows > 0);
    TRY_VOID(expect_kind(key, kind));
    TRY(OpenSeries series, open_series(key, range));
    TRY(Duck* const database, duck());
    std::vector<std::string> names = kind == book_timeframe    ? book_column_names()
                                     : kind == Timeframe::ticks ? tick_column_names(series.manifest.version)
                                                                : bar_column_names(series.manifest.info);
    return std::make_unique<PartCursor<Batch, Format>>(PartReader(*database, std::move(series), std::move(names), range),
                                                       batch_rows);
}

Result<std::unique_ptr<ports::Cursor<BarColumns>>> ParquetStore::open_bars(const SeriesKey& key, TimeRange range,
                                                                           std::size_t batch_rows) const {
    return open<BarColumns, BarFormat>(key, Timeframe::m1, range, batch_rows);
}

Result<std::unique_ptr<ports::Cursor<TickColumns>>> ParquetStore::open_ticks(const SeriesKey& key, TimeRange range,
                                                                             std::size_t batch_rows) const {
    return open<TickColumns, TickFormat>(key, Timeframe::ticks, range, batch_rows);
}

Result<std::unique_ptr<ports::Cursor<BookRows>>> ParquetStore::open_book(const SeriesKey& key, TimeRange range,
                                                                         std::size_t batch_rows) const {
    return open<BookRows, BookFormat>(key, book_timeframe, range, batch_rows);
}

Result<void> ParquetStore::stream_bars(const SeriesKey& key, TimeRange range, std::size_t batch_rows,
                                       const ports::BarSink& sink) const {
    TRY(const auto cursor, open_bars(key, range, batch_rows));
    BarColumns batch;
    while (true) {
        TRY(const bool more, cursor->next(batch));
        if (!more || !sink(batch)) return {};
    }
}

Result<BarColumns> ParquetStore::read_bars(const SeriesKey& key, TimeRange range) const {
    TRY_VOID(expect_kind(key, Timeframe::m1));
    TRY(OpenSeries series, open_series(key, range));
    const SeriesInfo info = series.manifest.info;
    BarColumns bars;
    bars.key = info.key;
    bars.digits = info.digits;
    std::int64_t rows_max = 0;
    for (const Part& part : series.parts) rows_max += part.rows;
    reserve_rows(bars, info, static_cast<std::size_t>(rows_max));
    TRY(Duck* const database, duck());
    PartReader reader(*database, std::move(series), bar_column_names(info), range);
    while (true) {
        TRY(const std::size_t rows, reader.next());
        if (rows == 0) return bars;
        append_integers(bars, info, reader.part().price_digits, reader.columns(), 0, rows);
    }
}

Result<void> ParquetStore::stream_ticks(const SeriesKey& key, TimeRange range, std::size_t batch_rows,
                                        const ports::TickSink& sink) const {
    TRY(const auto cursor, open_ticks(key, range, batch_rows));
    TickColumns batch;
    while (true) {
        TRY(const bool more, cursor->next(batch));
        if (!more || !sink(batch)) return {};
    }
}

Result<Part> ParquetStore::write_part(const SeriesKey& key, const std::string& file, const IntegerColumns& columns) {
    TRY(Duck* const database, duck());
    const fs::path path = folder(key) / file;
    if (auto written = database->write(path, columns.names, columns.views()); !written) {
        std::error_code ignored;
        fs::remove(path, ignored);
        return fail(ErrorCode::failed,
                    fmt::format("cannot write {}: {}; the series is unchanged. Is the disk full, or the home read-only?",
                                path.string(), written.error().text));
    }
    TRY_VOID(sync_path(path));
    const auto rows = static_cast<std::int64_t>(columns.values.front().size());
    return Part{file, rows, columns.first, columns.last, columns.units.price_digits, columns.units.time_unit,
                columns.units.size_unit};
}

Result<void> ParquetStore::publish(const Manifest& manifest) {
    const fs::path where = folder(manifest.info.key);
    TRY_VOID(sync_path(where));
    TRY_VOID(replace_file(where / manifest_name, to_text(manifest)));
    remove_unnamed(manifest.info.key, &manifest);
    return {};
}

void ParquetStore::remove_unnamed(const SeriesKey& key, const Manifest* manifest) const {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder(key), ignored)) {
        const std::string file = entry.path().filename().string();
        const bool named = manifest != nullptr &&
                           (file == manifest_name || file.starts_with(note_prefix) ||
                            std::ranges::any_of(manifest->parts, [&](const Part& part) { return part.file == file; }));
        if (!named && file != "lock") fs::remove(entry.path(), ignored);
    }
}

Result<void> ParquetStore::replace_bars(const BarColumns& bars) {
    CHECK(duration_nanos(bars.key.timeframe) > 0);
    CHECK(!bars.key.symbol.empty());
    for (std::size_t i = 1; i < bars.size(); ++i) CHECK(bars.time[i - 1] < bars.time[i]);
    TRY(const auto lock, lock_unless_held(bars.key));
    const auto old = read_manifest(bars.key);
    remove_unnamed(bars.key, old ? &*old : nullptr);
    Manifest manifest;
    manifest.generation = old ? old->generation + 1 : 1;
    manifest.info = {bars.key, bars.digits, static_cast<std::int64_t>(bars.size()), {}, {}, count_gaps(bars),
                     bars.has_ask(), bars.has_spread()};
    if (bars.size() > 0) {
        manifest.info.first = bars.time.front();
        manifest.info.last = bars.time.back();
    }
    for (std::size_t from = 0; from < bars.size(); from += part_rows()) {
        const std::size_t to = std::min(bars.size(), from + part_rows());
        const std::string file = fmt::format("part-{}-{}.parquet", manifest.generation, manifest.parts.size());
        auto part = write_part(bars.key, file, to_integers(bars, from, to));
        if (!part) {
            remove_unnamed(bars.key, old ? &*old : nullptr);
            return std::unexpected(part.error());
        }
        manifest.parts.push_back(*std::move(part));
    }
    return publish(manifest);
}

template <class Port, class Batch>
Result<std::unique_ptr<Port>> ParquetStore::replace(const SeriesKey& key, int digits) {
    TRY(auto lock, lock_unless_held(key));
    const auto old = read_manifest(key);
    remove_unnamed(key, old ? &*old : nullptr);
    return std::make_unique<PartWriter<Port, Batch>>(*this, key, digits, old ? old->generation + 1 : 1, std::move(lock));
}

Result<std::unique_ptr<ports::TickWriter>> ParquetStore::replace_ticks(const SeriesKey& key, int digits) {
    CHECK(key.timeframe == Timeframe::ticks);
    return replace<ports::TickWriter, TickColumns>(key, digits);
}

Result<std::unique_ptr<ports::BookWriter>> ParquetStore::replace_book(const SeriesKey& key, int digits) {
    CHECK(key.timeframe == book_timeframe);
    return replace<ports::BookWriter, BookRows>(key, digits);
}

Result<std::unique_ptr<ports::WriteLock>> ParquetStore::lock_writers(const SeriesKey& key) {
    TRY_VOID(create_home(home_));
    TRY_VOID(make_folder(folder(key)));
    TRY(FileHandle file, lock_file(folder(key) / "lock", lock_wait_ms));
    const std::scoped_lock guard(mutex_);
    held_.insert(key);
    return std::make_unique<SeriesLock>(*this, key, std::move(file));
}

Result<std::unique_ptr<ports::WriteLock>> ParquetStore::lock_unless_held(const SeriesKey& key) {
    {
        const std::scoped_lock guard(mutex_);
        if (held_.contains(key)) return std::make_unique<ports::WriteLock>();
    }
    return lock_writers(key);
}

Result<void> ParquetStore::put_note(const SeriesKey& key, std::string_view name, std::string_view content) {
    TRY(const auto lock, lock_unless_held(key));
    TRY_VOID(read_manifest(key));
    const fs::path file = folder(key) / fmt::format("{}{}", note_prefix, name);
    const auto old = read_small_file(file);
    return old && *old == content ? Result<void>{} : replace_file(file, content);
}

Result<std::string> ParquetStore::read_note(const SeriesKey& key, std::string_view name) const {
    return read_small_file(folder(key) / fmt::format("{}{}", note_prefix, name));
}

Result<std::int64_t> ParquetStore::bytes_of(const SeriesKey& key) const {
    TRY(const Manifest manifest, read_manifest(key));
    std::int64_t bytes = 0;
    for (const Part& part : manifest.parts) {
        std::error_code gone;  // a part that a writer has just replaced counts nothing
        const std::uintmax_t size = fs::file_size(folder(key) / part.file, gone);
        if (!gone) bytes += static_cast<std::int64_t>(size);
    }
    return bytes;
}

Result<std::vector<SeriesInfo>> ParquetStore::list() const {
    std::vector<SeriesInfo> out;
    std::error_code error;
    const fs::path data = home_ / "data";
    for (const auto& symbol : fs::directory_iterator(data, error)) {
        std::error_code inner;
        for (const auto& series : fs::directory_iterator(symbol.path(), inner)) {
            const fs::path file = series.path() / manifest_name;
            const auto text = read_small_file(file);
            if (!text && text.error().code == ErrorCode::not_found) continue;  // being written for the first time
            if (!text) return std::unexpected(text.error());
            TRY(Manifest manifest, parse_manifest(*text, file));
            out.push_back(std::move(manifest.info));
        }
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return std::unexpected(disk_error("read", data, error.value()));
    std::ranges::sort(out, {}, &SeriesInfo::key);
    return out;
}

Result<SeriesInfo> ParquetStore::describe(const SeriesKey& key) const {
    TRY(Manifest manifest, read_manifest(key));
    return std::move(manifest.info);
}

Result<void> ParquetStore::remove(const SeriesKey& key) {
    TRY(const Manifest manifest, read_manifest(key));
    TRY(const auto lock, lock_unless_held(key));
    std::error_code error;
    fs::remove(folder(key) / manifest_name, error);  // from here on the series is gone
    if (error) return std::unexpected(disk_error("remove", folder(key) / manifest_name, error.value()));
    remove_unnamed(key, nullptr);
    fs::remove(folder(key) / "lock", error);
    fs::remove(folder(key), error);
    fs::remove(folder(key).parent_path(), error);  // only where no other timeframe lies there
    return {};
}

Result<std::int64_t> ParquetStore::export_parquet(const SeriesKey& key, const fs::path& out) const {
    TRY(const OpenSeries series, open_series(key, {}));
    const SeriesInfo& info = series.manifest.info;
    const bool ticks = key.timeframe == Timeframe::ticks;
    if (key.timeframe == book_timeframe)
        return fail(ErrorCode::usage, fmt::format("{} is exported as csv only; leave out --format parquet", to_string(key)));
    const std::vector<std::string> names = ticks ? tick_column_names(1) : bar_column_names(info);
    const bool spread_stored = ticks && series.manifest.version > 1;
    std::string select;
    for (std::size_t i = 0; i < series.parts.size(); ++i) {
        if (i > 0) select += " UNION ALL ";
        const Part& part = series.parts[i];
        select += fmt::format("SELECT make_timestamp_ns(time * {}) AS time", part.time_unit);
        const double price_unit = std::pow(10.0, part.price_digits);
        for (std::size_t c = 1; c < names.size(); ++c) {
            const bool quantity = names[c] == "volume" || names[c].ends_with("_size");
            const std::string stored = spread_stored && names[c] == "ask" ? "(bid + spread)" : names[c];
            select += fmt::format(", {} / {}::DOUBLE AS {}", stored,
                                  quantity ? 1e6 / static_cast<double>(part.size_unit) : price_unit, names[c]);
        }
        select += fmt::format(" FROM read_parquet('/proc/self/fd/{}')", series.files[i].get());
    }
    if (select.empty())
        return fail(ErrorCode::not_found, fmt::format("{} holds no rows to export", to_string(key)));
    TRY(Duck* const database, duck());
    TRY_VOID(write_whole(out, [&](const fs::path& unfinished) { return database->copy(select, unfinished); }));
    return info.rows;
}

}  // namespace

Result<std::unique_ptr<ParquetSeriesStore>> open_parquet_store(const fs::path& home, ParquetStoreOptions options) {
    CHECK(options.part_rows > 0);
    TRY_VOID(prepare_home(home));
    return std::make_unique<ParquetStore>(home, options);
}

}  // namespace aitrading::engines
