#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "market/calendar/clock.hpp"
#include "market/history/conclude_clock.hpp"
#include "market/history/import_parts.hpp"
#include "market/history/merge_ticks.hpp"
#include "market/history/tick_minutes.hpp"
#include "market/history/tick_spikes.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t batch_rows = 65'536;

/// The ticks of a file in time order, with those refused that are not.
class TickSource {
  public:
    /// @param known the clock, where an earlier look at the file found it
    TickSource(RowStream& rows, const ImportOptions& options, ImportReport& report, const ClockConclusion* known = nullptr)
        : rows_(rows), options_(options), report_(report), known_(known), clock_(Clock::utc()) {}

    /// Moves on to the next sound tick; false at the end.
    Result<bool> next() {
        ParsedRow row;
        while (true) {
            TRY(const bool more, rows_.next(row));
            if (!more) {
                if (any_ && !has_sizes_) rows_.defects().note("no_volume", 0, "the sizes are always zero: they say nothing");
                return false;
            }
            if (!clock_known_) TRY_VOID(conclude(row));
            const UnixNanos time =
                stated_ ? UnixNanos{row.stamp.wall_nanos - row.stamp.offset_minutes * nanos_per_minute}
                                     : clock_.convert(row.stamp.wall_nanos);
            const Tick tick{time, row.bid[3], row.ask[3], row.volume, row.ask_volume};
            if (!accept(tick)) continue;
            report_.digits = std::max(report_.digits, row.decimals);
            current_ = tick;
            any_ = true;
            if (const auto spike = spikes_.see(tick, rows_.line_number(), report_.digits))
                rows_.defects().note("spike", spike->row, rows_.defects().knows("spike") ? "" : describe(*spike, report_.digits), spike->ticks);
            has_sizes_ = has_sizes_ || tick.bid_size.raw != 0 || tick.ask_size.raw != 0;
            return true;
        }
    }
    const Tick& current() const { return current_; }

  private:
    Result<void> conclude(const ParsedRow& row) {
        if (known_ != nullptr) {
            stated_ = row.stamp.has_offset && known_->source == ClockSource::stated;
            take(*known_);
            return {};
        }
        TickMinutes minutes;
        const bool zero = row.stamp.offset_minutes == 0;
        const bool stated = row.stamp.has_offset && (options_.timezone.empty() || !zero);
        if (!stated && options_.timezone.empty() && rows_.layout().clock_is_assumed) {
            TRY(minutes, scan_tick_minutes(report_.path, options_));
        }
        ClockEvidence evidence;
        evidence.asked = options_.timezone;
        evidence.layout = &rows_.layout();
        evidence.times_state_offset = stated_ = stated;
        evidence.times_are_epochs = row.stamp.is_epoch;
        evidence.wall_nanos = minutes.wall_nanos;
        evidence.range = minutes.range;
        evidence.step_nanos = nanos_per_minute;
        evidence.symbol = report_.key.symbol;
        TRY(const ClockConclusion conclusion, conclude_clock(evidence, report_.path));
        take(conclusion);
        return {};
    }
    void take(const ClockConclusion& conclusion) {
        if (!conclusion.warning.empty()) report_.warnings.push_back(conclusion.warning);
        report_.timezone = conclusion.clock.name();
        clock_ = WallToUtc(conclusion.clock);
        report_.clock = conclusion;
        clock_known_ = true;
    }

    bool accept(const Tick& tick) {
        DefectTally& defects = rows_.defects();
        const auto refuse = [&](std::string_view kind, std::string_view what) {
            defects.refuse(kind, rows_.line_number(),
                           defects.is_full(kind) ? "" : fmt::format("column time: {} {}", to_iso8601(tick.time), what), rows_.line());
            return false;
        };
        const std::int64_t now = options_.now.value;
        if (tick.time.value > (now > INT64_MAX - nanos_per_day ? INT64_MAX : now + nanos_per_day))
            return refuse("future", "lies in the future");
        if (any_ && tick.time < current_.time)
            return refuse("out_of_order", "does not follow the row before; ticks must run from oldest to newest");
        if (any_ && tick == current_) return refuse("duplicate", "is there twice in every column; the first row stays");
        if (tick.ask < tick.bid)
            defects.note("crossed", rows_.line_number(), "the ask is below the bid; stored as it is");
        if (!any_) report_.first = tick.time;
        report_.last = tick.time;
        return true;
    }

    RowStream& rows_;
    const ImportOptions& options_;
    ImportReport& report_;
    const ClockConclusion* known_;
    WallToUtc clock_;
    Tick current_;
    TickSpikes spikes_;
    bool clock_known_ = false, any_ = false, stated_ = false, has_sizes_ = false;
};

/// One file that is open, with all that reading it needs.
struct OpenTicks {
    OpenTicks(RowStream opened, const ImportOptions& options, const PendingTicks& file)
        : rows(std::move(opened)), report(begin_report(rows, file.path)), source(rows, options, report, &file.report.clock) {
        report.key = file.key;
    }
    RowStream rows;
    ImportReport report;
    TickSource source;
};

/// The files of one pass, one after the other. A file that begins before the one before it ended waits for the next pass.
class TickChain final : public TickInput {
  public:
    TickChain(std::vector<PendingTicks*> files, const ImportOptions& options)
        : files_(std::move(files)), options_(options), counts_(files_.size()) {}

    Result<bool> next() override {
        while (true) {
            if (open_) {
                auto more = open_->source.next();
                if (more && *more) return true;
                if (!more) return refuse(more.error());
                if (auto sound = open_->rows.verdict(); !sound) return refuse(sound.error());
                close();
            }
            if (!open_next()) return false;
        }
    }
    const Tick& current() const override { return open_->source.current(); }
    TickCounts& counts() override { return counts_[at_ - 1]; }
    int digits() const override { return open_ ? std::max(digits_, open_->report.digits) : digits_; }

    /// Files that this pass did not take.
    const std::vector<PendingTicks*>& waiting() const { return waiting_; }
    /// The file that ended the pass by its fault, if one did.
    PendingTicks* refused() const { return refused_; }
    /// Writes the counts into the reports of the files that the pass took.
    void settle() {
        for (std::size_t i = 0; i < done_.size(); ++i) {
            ImportReport& report = done_[i].first->report;
            const TickCounts& counts = counts_[done_[i].second];
            report.rows_stored += counts.stored;
            report.rows_known += counts.known;
            report.rows_conflicting += counts.conflicting;
        }
    }

    std::int64_t stored() const {
        std::int64_t out = 0;
        for (const TickCounts& counts : counts_) out += counts.stored;
        return out;
    }

  private:
    std::unexpected<Error> refuse(const Error& error) {
        refused_ = files_[at_ - 1];
        refused_->error = error;
        open_.reset();
        return std::unexpected(error);
    }
    void close() {
        digits_ = std::max(digits_, open_->report.digits);
        last_ = open_->report.last;
        end_report(open_->rows, open_->rows.defects(), open_->report);
        files_[at_ - 1]->report = std::move(open_->report);
        done_.emplace_back(files_[at_ - 1], at_ - 1);
        open_.reset();
    }
    bool open_next() {
        while (at_ < files_.size()) {
            PendingTicks& file = *files_[at_++];
            if (last_ && file.first <= *last_) {
                waiting_.push_back(&file);
                continue;
            }
            auto rows = RowStream::open(file.path, options_);
            if (!rows) {
                file.error = rows.error();
                continue;
            }
            open_ = std::make_unique<OpenTicks>(*std::move(rows), options_, file);
            return true;
        }
        return false;
    }

    std::vector<PendingTicks*> files_, waiting_;
    const ImportOptions& options_;
    std::unique_ptr<OpenTicks> open_;
    std::vector<TickCounts> counts_;
    std::vector<std::pair<PendingTicks*, std::size_t>> done_;
    PendingTicks* refused_ = nullptr;
    std::optional<UnixNanos> last_;
    std::size_t at_ = 0;
    int digits_ = 0;
};

/// One pass over the stored series. @errors of the store, of a file (see TickChain::refused)
Result<void> merge_pass(TickChain& chain, const SeriesKey& key, bool replace, ports::SeriesStore& store) {
    const auto old = store.describe(key);
    if (!old && old.error().code != ErrorCode::not_found) return std::unexpected(old.error());
    TRY(const auto writer, store.replace_ticks(key, old ? old->digits : 0));
    TickMerge merge(chain, *writer, replace);
    TRY_VOID(merge.begin());
    Result<void> merged;
    if (old) {
        TRY_VOID(store.stream_ticks(key, {}, batch_rows, [&](const TickColumns& batch) {
            for (std::size_t i = 0; i < batch.size() && merged; ++i) merged = merge.take_old(batch.tick(i));
            return merged.has_value();
        }));
    }
    TRY_VOID(std::move(merged));
    TRY_VOID(merge.finish());
    chain.settle();
    return chain.stored() == 0 ? Result<void>{} : writer->commit();
}

/// Reads a file to its end to know whether it can be taken as a whole.
std::optional<Error> fault_of(const PendingTicks& file, const ImportOptions& options) {
    auto rows = RowStream::open(file.path, options);
    if (!rows) return rows.error();
    OpenTicks open(*std::move(rows), options, file);
    while (true) {
        const auto more = open.source.next();
        if (!more) return more.error();
        if (!*more) break;
    }
    if (const auto sound = open.rows.verdict(); !sound) return sound.error();
    return std::nullopt;
}

Result<void> store_passes(std::vector<PendingTicks*> files, const ImportOptions& options, ports::SeriesStore& store) {
    bool examined = false;
    while (!files.empty()) {
        TickChain chain(files, options);
        const auto merged = merge_pass(chain, files[0]->key, options.replace, store);
        if (merged) {
            files = chain.waiting();
            continue;
        }
        if (chain.refused() == nullptr || merged.error().code == ErrorCode::interrupted) return merged;
        // Nothing of this pass was stored. All that is bad is found at once, so that there is one more pass, not many.
        if (!examined)
            for (PendingTicks* file : files)
                if (!file->error) file->error = fault_of(*file, options);
        examined = true;
        std::erase_if(files, [](const PendingTicks* file) { return file->error.has_value(); });
    }
    return {};
}

}  // namespace

Result<PendingTicks> probe_tick_file(RowStream& rows, const ImportOptions& options, const std::filesystem::path& path) {
    if (options.timeframe && *options.timeframe != Timeframe::ticks)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: holds ticks, not {} bars; import the ticks, then `aitrading data resample {} ticks {}`",
                                path.string(), name(*options.timeframe), rows.symbol(), name(*options.timeframe)));
    PendingTicks out;
    out.path = path;
    ImportReport report;
    report.key = {rows.symbol(), Timeframe::ticks};
    report.path = path;
    TickSource source(rows, options, report);
    TRY(const bool any, source.next());
    out.report.clock = report.clock;
    if (!any) TRY_VOID(rows.verdict());
    if (any) out.first = source.current().time;
    if (rows.symbol().empty()) return std::unexpected(symbol_unknown(path));
    out.key = {rows.symbol(), Timeframe::ticks};
    return out;
}

void store_tick_files(std::span<PendingTicks* const> files, const ImportOptions& options, ports::SeriesStore& store) {
    std::vector<PendingTicks*> ordered(files.begin(), files.end());
    std::ranges::stable_sort(ordered, {}, &PendingTicks::first);
    const auto lock = store.lock_writers(files[0]->key);
    const Result<void> stored = lock ? store_passes(std::move(ordered), options, store) : std::unexpected(lock.error());
    for (PendingTicks* file : files) {
        if (!stored && !file->error) file->error = stored.error();
        if (file->report.rows_conflicting > 0)
            file->report.warnings.push_back("some rows contradict stored ones, which stayed; --replace takes the new");
    }
}

}  // namespace aitrading::market
