#include <fmt/format.h>

#include <algorithm>

#include "market/calendar/clock.hpp"
#include "market/history/conclude_clock.hpp"
#include "market/history/import_parts.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t batch_rows = 65'536;

/// The ticks of a file in time order, with those refused that are not.
class TickSource {
  public:
    TickSource(RowStream& rows, const ImportOptions& options, ImportReport& report)
        : rows_(rows), options_(options), report_(report), clock_(Clock::utc()) {}

    /// Moves on to the next sound tick; false at the end.
    Result<bool> next() {
        ParsedRow row;
        while (true) {
            TRY(const bool more, rows_.next(row));
            if (!more) return false;
            if (!clock_known_) TRY_VOID(conclude(row));
            const UnixNanos time =
                row.stamp.has_offset ? UnixNanos{row.stamp.wall_nanos - row.stamp.offset_minutes * nanos_per_minute}
                                     : clock_.convert(row.stamp.wall_nanos);
            const Tick tick{time, row.bid[3], row.ask[3], row.volume, row.ask_volume};
            if (!accept(tick)) continue;
            report_.digits = std::max(report_.digits, row.decimals);
            current_ = tick;
            any_ = true;
            return true;
        }
    }
    const Tick& current() const { return current_; }

  private:
    Result<void> conclude(const ParsedRow& row) {
        const OpenLayout& layout = rows_.layout();
        const std::int64_t wall[1]{row.stamp.wall_nanos};
        TRY(ClockConclusion conclusion,
            conclude_clock({options_.timezone, layout.default_clock, layout.clock_reason, layout.clock_is_assumed,
                            row.stamp.has_offset, wall, report_.key.symbol}));
        if (!conclusion.warning.empty()) report_.warnings.push_back(conclusion.warning);
        report_.timezone = conclusion.clock.name();
        clock_ = WallToUtc(std::move(conclusion.clock));
        clock_known_ = true;
        return {};
    }

    bool accept(const Tick& tick) {
        DefectTally& defects = rows_.defects();
        const auto refuse = [&](std::string_view kind, std::string_view what) {
            defects.refuse(kind, rows_.line_number(),
                           defects.knows(kind) ? "" : fmt::format("column time: {} {}", to_iso8601(tick.time), what));
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
    WallToUtc clock_;
    Tick current_;
    bool clock_known_ = false, any_ = false;
};

/// Merges the ticks of a file into those stored, one instant after the other, so that memory holds two batches.
class TickMerge {
  public:
    TickMerge(TickSource& source, ports::TickWriter& writer, const ImportOptions& options, ImportReport& report)
        : source_(source), writer_(writer), options_(options), report_(report) {}

    Result<void> begin() {
        TRY(has_new_, source_.next());
        return {};
    }
    /// Takes the next stored tick.
    Result<void> take_old(const Tick& tick) {
        if (!old_group_.empty() && old_group_.front().time != tick.time) TRY_VOID(end_old_group());
        old_group_.push_back(tick);
        return {};
    }
    Result<void> finish() {
        if (!old_group_.empty()) TRY_VOID(end_old_group());
        while (has_new_) TRY_VOID(put_new());
        return flush();
    }

  private:
    Result<void> put(const Tick& tick) {
        out_.append(tick);
        return out_.size() < batch_rows ? Result<void>{} : flush();
    }
    Result<void> flush() {
        out_.digits = report_.digits;
        TRY_VOID(writer_.append(out_));
        out_.clear();
        return {};
    }
    Result<void> put_new() {
        ++report_.rows_stored;
        TRY_VOID(put(source_.current()));
        TRY(has_new_, source_.next());
        return {};
    }
    /// The stored ticks of one instant are complete: what the file has before them goes first, what it has at that instant
    /// is compared.
    Result<void> end_old_group() {
        const UnixNanos time = old_group_.front().time;
        while (has_new_ && source_.current().time < time) TRY_VOID(put_new());
        std::vector<Tick> incoming;
        while (has_new_ && source_.current().time == time) {
            incoming.push_back(source_.current());
            TRY(has_new_, source_.next());
        }
        std::int64_t known = 0;
        for (const Tick& tick : incoming) known += std::ranges::find(old_group_, tick) != old_group_.end();
        const auto contradicting = static_cast<std::int64_t>(incoming.size()) - known;
        const bool take_new = options_.replace && contradicting > 0;
        report_.rows_known += known;
        if (take_new)
            report_.rows_stored += contradicting;
        else
            report_.rows_conflicting += contradicting;
        for (const Tick& tick : take_new ? incoming : old_group_) TRY_VOID(put(tick));
        old_group_.clear();
        return {};
    }

    TickSource& source_;
    ports::TickWriter& writer_;
    const ImportOptions& options_;
    ImportReport& report_;
    std::vector<Tick> old_group_;
    TickColumns out_;
    bool has_new_ = false;
};

}  // namespace

Result<void> import_ticks(RowStream& rows, const ImportOptions& options, ports::SeriesStore& store,
                          ImportReport& report) {
    if (options.timeframe && *options.timeframe != Timeframe::ticks)
        return fail(ErrorCode::bad_input,
                    fmt::format("{}: holds ticks, not {} bars; import the ticks, then `aitrading data resample {} ticks {}`",
                                report.path.string(), name(*options.timeframe), rows.symbol(), name(*options.timeframe)));
    report.key.symbol = rows.symbol();
    if (report.key.symbol.empty()) return std::unexpected(symbol_unknown(report.path));
    report.key.timeframe = Timeframe::ticks;
    TickSource source(rows, options, report);
    TRY(const auto lock, store.lock_writers(report.key));
    const auto old = store.describe(report.key);
    if (!old && old.error().code != ErrorCode::not_found) return std::unexpected(old.error());
    TRY(const auto writer, store.replace_ticks(report.key, old ? old->digits : 0));
    TickMerge merge(source, *writer, options, report);
    TRY_VOID(merge.begin());
    Result<void> merged;
    if (old) {
        TRY_VOID(store.stream_ticks(report.key, {}, batch_rows, [&](const TickColumns& batch) {
            for (std::size_t i = 0; i < batch.size() && merged; ++i) merged = merge.take_old(batch.tick(i));
            return merged.has_value();
        }));
    }
    TRY_VOID(std::move(merged));
    TRY_VOID(merge.finish());
    TRY_VOID(rows.verdict());
    if (report.rows_conflicting > 0)
        report.warnings.push_back("some rows contradict stored ones, which stayed; --replace takes the new");
    return report.rows_stored == 0 ? Result<void>{} : writer->commit();
}

}  // namespace aitrading::market
