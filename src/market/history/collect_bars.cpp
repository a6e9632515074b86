#include "market/history/collect_bars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <type_traits>

#include "base/check.hpp"
#include "market/history/conclude_clock.hpp"
#include "market/history/import_parts.hpp"
#include "market/history/missing_time.hpp"
#include "market/history/spread_column.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t rows_max = 20'000'000;  // 38 years of minutes without a break: more is no series of bars

/// Rows as they stand in the file, before anything is known about their order and clock.
struct RawRows {
    std::vector<std::int64_t> wall_nanos;
    SpreadColumn spread;
    std::vector<std::int32_t> line;
    BarColumns bars;  ///< time left empty
    int decimals = 0;
    bool states_offset = false, offsets_are_zero = true, all_dates = true, all_epochs = true;
};

Result<RawRows> read_all(RowStream& rows, const std::filesystem::path& path) {
    RawRows raw;
    ParsedRow row;
    const OpenLayout& layout = rows.layout();
    while (true) {
        TRY(const bool more, rows.next(row));
        if (!more) break;
        if (raw.wall_nanos.size() == rows_max)
            return fail(ErrorCode::bad_input,
                        fmt::format("{}: more than {} bars; split the file by year", path.string(), rows_max));
        raw.states_offset = row.stamp.has_offset;
        raw.offsets_are_zero = raw.offsets_are_zero && row.stamp.offset_minutes == 0;
        raw.all_dates = raw.all_dates && row.stamp.date_only;
        raw.all_epochs = raw.all_epochs && row.stamp.is_epoch;
        raw.wall_nanos.push_back(row.stamp.wall_nanos - row.stamp.offset_minutes * nanos_per_minute);
        raw.line.push_back(static_cast<std::int32_t>(rows.line_number()));
        raw.decimals = std::max(raw.decimals, row.decimals);
        BarColumns& bars = raw.bars;
        bars.open.push_back(row.bid[0]);
        bars.high.push_back(row.bid[1]);
        bars.low.push_back(row.bid[2]);
        bars.close.push_back(row.bid[3]);
        bars.volume.push_back(row.volume);
        if (layout.has_ask) {
            bars.ask_open.push_back(row.ask[0]);
            bars.ask_high.push_back(row.ask[1]);
            bars.ask_low.push_back(row.ask[2]);
            bars.ask_close.push_back(row.ask[3]);
        }
        if (layout.has_spread) raw.spread.add(row);
    }
    return raw;
}

template <class T>
void reverse(std::vector<T>& column) {
    std::ranges::reverse(column);
}

/// A file is newest first when more steps go back than forth.
bool reverse_if_newest_first(RawRows& raw) {
    std::int64_t forth = 0, back = 0;
    for (std::size_t i = 1; i < raw.wall_nanos.size(); ++i) {
        forth += raw.wall_nanos[i] > raw.wall_nanos[i - 1];
        back += raw.wall_nanos[i] < raw.wall_nanos[i - 1];
    }
    if (back <= forth) return false;
    reverse(raw.wall_nanos), reverse(raw.spread.written()), reverse(raw.line);
    BarColumns& b = raw.bars;
    for (auto* column : {&b.open, &b.high, &b.low, &b.close, &b.ask_open, &b.ask_high, &b.ask_low, &b.ask_close})
        reverse(*column);
    reverse(b.volume);
    return true;
}

/// Refuses rows after the end of `now`'s day, rows before their predecessor and rows of a time that was there already.
/// A single row that lies later than the row after it, while that one follows its predecessor, is the one out of order.
std::vector<std::size_t> choose_rows(const std::vector<UnixNanos>& time, const std::vector<std::int32_t>& line,
                                     UnixNanos now, DefectTally& defects) {
    const std::int64_t future = now.value > INT64_MAX - nanos_per_day ? INT64_MAX : now.value + nanos_per_day;
    std::vector<std::size_t> kept;
    kept.reserve(time.size());
    const auto text = [&](std::string_view kind, std::size_t i, std::string_view what) {
        return defects.is_full(kind) ? std::string() : fmt::format("column time: {} {}", to_iso8601(time[i]), what);
    };
    for (std::size_t i = 0; i < time.size(); ++i) {
        const bool has_previous = !kept.empty();
        const UnixNanos previous = has_previous ? time[kept.back()] : UnixNanos{INT64_MIN};
        const bool leaps = i + 1 < time.size() && time[i + 1] < time[i] && (!has_previous || time[i + 1] > previous) &&
                           time[i + 1].value <= future;
        if (time[i].value > future)
            defects.refuse("future", line[i], text("future", i, "lies in the future"));
        else if (has_previous && time[i] == previous)
            defects.refuse("duplicate", line[i], text("duplicate", i, "is there twice; the first row stays"));
        else if ((has_previous && time[i] < previous) || (leaps && has_previous))
            defects.refuse("out_of_order", line[i], text("out_of_order", i, "does not follow the row before"));
        else
            kept.push_back(i);
    }
    return kept;
}

template <class T>
void keep(std::vector<T>& column, const std::vector<std::size_t>& rows) {
    if (column.empty() || column.size() == rows.size()) return;
    for (std::size_t i = 0; i < rows.size(); ++i) column[i] = column[rows[i]];
    column.resize(rows.size());
}

void keep_rows(RawRows& raw, const std::vector<std::size_t>& rows) {
    BarColumns& b = raw.bars;
    for (auto* column : {&b.open, &b.high, &b.low, &b.close, &b.ask_open, &b.ask_high, &b.ask_low, &b.ask_close})
        keep(*column, rows);
    keep(b.time, rows);
    keep(b.spread, rows);
    keep(b.volume, rows);
    keep(raw.spread.written(), rows);
    keep(raw.line, rows);
}

/// The step that occurs most between neighbours.
template <class Time>
std::int64_t usual_step(const std::vector<Time>& time) {
    std::map<std::int64_t, std::int64_t> count;
    const auto nanos = [](Time t) {
        if constexpr (std::is_same_v<Time, UnixNanos>)
            return t.value;
        else
            return t;
    };
    std::int64_t run_step = 0, run = 0;  // equal steps follow each other: the map is asked once a run
    for (std::size_t i = 1; i < time.size(); ++i) {
        const std::int64_t step = nanos(time[i]) - nanos(time[i - 1]);
        if (step == run_step) {
            ++run;
            continue;
        }
        if (run > 0) count[run_step] += run;
        run_step = step, run = 1;
    }
    if (run > 0) count[run_step] += run;
    const auto most = std::ranges::max_element(count, {}, [](const auto& entry) { return entry.second; });
    return most == count.end() ? 0 : most->first;
}

Timeframe longest_timeframe_within(std::int64_t step) {
    Timeframe longest = Timeframe::m1;
    for (const Timeframe timeframe : all_timeframes)
        if (timeframe != Timeframe::ticks && duration_nanos(timeframe) <= step) longest = timeframe;
    return longest;
}

Result<Timeframe> conclude_timeframe(const std::vector<UnixNanos>& time, const ImportOptions& options,
                                     const OpenLayout& layout, const std::filesystem::path& path) {
    const std::int64_t step = usual_step(time);
    if (options.timeframe) {
        if (step != 0 && step < duration_nanos(*options.timeframe))
            return fail(ErrorCode::bad_input,
                        fmt::format("{}: rows follow each other by {} s, so they are not {} bars; leave --timeframe out",
                                    path.string(), step / nanos_per_second, name(*options.timeframe)));
        return *options.timeframe;
    }
    for (const Timeframe timeframe : all_timeframes)
        if (timeframe != Timeframe::ticks && step == duration_nanos(timeframe)) return timeframe;
    if (layout.timeframe) return *layout.timeframe;
    return fail(ErrorCode::usage,
                fmt::format("{}: {}; say the timeframe, for example --timeframe H1", path.string(),
                            time.size() < 2 ? std::string("a single row does not tell its timeframe")
                                            : fmt::format("rows follow each other by {} s, which is no known timeframe",
                                                          step / nanos_per_second)));
}

void note_crossed(const RawRows& raw, DefectTally& defects) {
    const BarColumns& b = raw.bars;
    for (std::size_t i = 0; i < b.ask_close.size(); ++i)
        if (b.ask_close[i] < b.close[i])
            defects.note("crossed", raw.line[i], "the ask closes below the bid; stored as it is");
}

Result<ClockConclusion> clock_of(const RawRows& raw, const ImportOptions& options, const OpenLayout& layout,
                                 const std::string& symbol, const std::filesystem::path& path, UnknownNames unknown) {
    std::vector<std::int64_t> range(raw.wall_nanos.size());
    for (std::size_t i = 0; i < range.size(); ++i) range[i] = raw.bars.high[i].raw - raw.bars.low[i].raw;
    ClockEvidence evidence;
    evidence.asked = options.timezone;
    evidence.layout = &layout;
    // Programs like to write +00:00 behind a broker's wall clock, so that --timezone wins over it.
    evidence.times_state_offset = raw.states_offset && (options.timezone.empty() || !raw.offsets_are_zero);
    evidence.times_are_epochs = raw.all_epochs;
    evidence.times_are_dates = raw.all_dates;
    evidence.may_ask = unknown == UnknownNames::refused;
    evidence.wall_nanos = raw.wall_nanos;
    evidence.range = range;
    evidence.volume = raw.bars.volume;
    evidence.step_nanos = usual_step(raw.wall_nanos);
    evidence.symbol = symbol;
    return conclude_clock(evidence, path);
}

/// Names the weeks in which the clock differs from that of most weeks; their rows are converted by their own clock.
void note_clock_shifts(const ClockConclusion& conclusion, const RawRows& raw, DefectTally& defects) {
    if (conclusion.clock.parts().size() < 2) return;
    for (const ClockPiece& piece : conclusion.pieces) {
        if (piece.ahead_of_main == 0) continue;
        const auto row = std::ranges::find_if(raw.wall_nanos, [&](std::int64_t wall) {
            return week_of(wall / nanos_per_minute) >= piece.first_week;
        });
        if (row == raw.wall_nanos.end()) continue;
        defects.note("clock_shift", raw.line[static_cast<std::size_t>(row - raw.wall_nanos.begin())],
                     fmt::format("the clock is {} min {} in the {} weeks from {} to {} ({}); the rows were converted by it",
                                 std::abs(piece.ahead_of_main), piece.ahead_of_main < 0 ? "behind" : "ahead", piece.weeks,
                                 week_date(piece.first_week), week_date(piece.last_week + 1), piece.clock));
    }
}

/// Names what does not fit its neighbours or is missing; rows that carry their own future are refused.
void judge_neighbours(RawRows& raw, DefectTally& defects) {
    const MarketKind kind = market_kind(raw.bars.key.symbol);
    std::vector<bool> refused(raw.bars.size());
    bool any = false;
    for (Suspect& suspect : find_suspects(raw.bars)) {
        const bool knows_future = suspect.kind == "day_in_bar";
        if (knows_future)
            defects.refuse(suspect.kind, raw.line[suspect.row], std::move(suspect.text));
        else
            defects.note(suspect.kind, raw.line[suspect.row], std::move(suspect.text), suspect.count);
        if (knows_future) refused[suspect.row] = any = true;
    }
    for (Suspect& suspect : find_time_suspects(raw.bars, kind))
        defects.note(suspect.kind, raw.line[suspect.row], std::move(suspect.text), suspect.count);
    if (!any) return;
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < refused.size(); ++i)
        if (!refused[i]) kept.push_back(i);
    keep_rows(raw, kept);
}

}  // namespace

Result<CollectedBars> collect_bars(RowStream& rows, const ImportOptions& options, const std::filesystem::path& path,
                                   UnknownNames unknown) {
    TRY(RawRows raw, read_all(rows, path));
    TRY_VOID(rows.verdict());
    CollectedBars out;
    BarColumns& bars = raw.bars;
    bars.key.symbol = rows.symbol();
    if (bars.key.symbol.empty() && unknown == UnknownNames::accepted) bars.key.symbol = "input";
    if (bars.key.symbol.empty()) return std::unexpected(symbol_unknown(path));
    if (reverse_if_newest_first(raw)) {
        out.warnings.push_back("the file runs from newest to oldest; its rows were reversed");
        rows.defects().note("newest_first", 1, "rows run from newest to oldest; they were reversed");
    }
    const OpenLayout& layout = rows.layout();
    TRY(ClockConclusion conclusion, clock_of(raw, options, layout, bars.key.symbol, path, unknown));
    note_clock_shifts(conclusion, raw, rows.defects());
    if (!conclusion.warning.empty()) out.warnings.push_back(conclusion.warning);
    out.timezone = conclusion.clock.name();
    WallToUtc clock(conclusion.clock);
    out.clock = std::move(conclusion);
    bars.time.reserve(raw.wall_nanos.size());
    for (const std::int64_t wall : raw.wall_nanos) bars.time.push_back(clock.convert(wall));
    keep_rows(raw, choose_rows(bars.time, raw.line, options.now, rows.defects()));
    TRY_VOID(rows.verdict());
    if (unknown == UnknownNames::accepted) {
        bars.key.timeframe = longest_timeframe_within(usual_step(bars.time));
    } else {
        TRY(bars.key.timeframe, conclude_timeframe(bars.time, options, layout, path));
    }
    note_crossed(raw, rows.defects());
    bars.digits = std::min(raw.decimals, 9);
    if (raw.spread.counts_points(bars.digits)) {
        const Price point = options.layout.point.value_or(point_of_digits(bars.digits));
        for (const Price spread : raw.spread.written()) bars.spread.push_back(SpreadColumn::from_points(spread, point));
    } else {
        bars.spread = std::move(raw.spread.written());
    }
    if (unknown == UnknownNames::refused) judge_neighbours(raw, rows.defects());
    out.bars = std::move(bars);
    return out;
}

}  // namespace aitrading::market
