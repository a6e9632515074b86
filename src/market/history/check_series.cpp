#include "market/history/check_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "market/history/suspects.hpp"
#include "market/history/tick_spikes.hpp"

namespace aitrading::market {
namespace {

constexpr std::size_t batch_rows = 65'536, gaps_shown = 10;

void add_finding(SeriesCheck& out, Finding finding) {
    if (out.findings.size() < findings_max) out.findings.push_back(std::move(finding));
}

bool contradicts_itself(const Bar& bar) {
    return bar.low.raw <= 0 || bar.high < bar.low || bar.open > bar.high || bar.open < bar.low || bar.close > bar.high ||
           bar.close < bar.low;
}

/// Rows of a long series that are looked at together, and which of them are judged: their neighbours are there too.
struct Piece {
    BarColumns bars;
    std::size_t from = 0, to = 0;     ///< judged rows
    std::int64_t rows_before = 0;     ///< of the series before bars[0]
    std::int64_t number(std::size_t row) const { return rows_before + static_cast<std::int64_t>(row) + 1; }
    bool judges(std::size_t row) const { return row >= from && row < to; }
};

void check_rows(const Piece& piece, SeriesCheck& out, DefectTally& defects) {
    const BarColumns& bars = piece.bars;
    for (std::size_t i = piece.from; i < piece.to; ++i) {
        const Bar bar = bars.bar(i);
        const auto note = [&](std::string_view kind, std::string_view what) {
            defects.note(kind, piece.number(i), defects.knows(kind) ? "" : fmt::format("{}: {}", to_iso8601(bar.time), what));
            add_finding(out, {std::string(kind), bar.time, bar.time, bar.high, bar.low});
        };
        if (contradicts_itself(bar)) note("unsound", "prices contradict each other");
        if (bars.has_ask() && bars.ask_close[i] < bar.close) ++out.crossed, note("crossed", "the ask closes below the bid");
        if (i > 0 && bar.time <= bars.time[i - 1]) note("order", "does not follow the bar before");
    }
}

/// Whether another stored series of the symbol went as far within the bar's time; empty where there is none.
std::string second_opinion(const ports::SeriesStore& store, const SeriesKey& key, const BarColumns& bars, std::size_t row) {
    const auto all = store.list();
    if (!all) return {};
    for (const SeriesInfo& other : *all) {
        if (other.key.symbol != key.symbol || other.key == key || other.key.timeframe == Timeframe::ticks || other.key.timeframe > key.timeframe) continue;
        const UnixNanos from = bars.time[row], to{from.value + duration_nanos(key.timeframe)};
        const auto inside = store.read_bars(other.key, {from, to});
        if (!inside || inside->size() == 0) continue;
        const Price high = std::ranges::max(inside->high), low = std::ranges::min(inside->low);
        const std::int64_t range = bars.high[row].raw - bars.low[row].raw;
        const bool same = high.raw >= bars.high[row].raw - range / 4 && low.raw <= bars.low[row].raw + range / 4;
        return fmt::format("; {} {} it", to_string(other.key), same ? "confirms" : "does not confirm");
    }
    return {};
}

/// What pieces of one series add up to.
struct Sums {
    std::int64_t pieces = 0, without_volume = 0, opinions = 0;
    std::vector<MissingRun> longest;
};

void take_suspects(const ports::SeriesStore& store, const Piece& piece, SeriesCheck& out, DefectTally& defects, Sums& sums) {
    const BarColumns& bars = piece.bars;
    for (Suspect& suspect : find_suspects(bars)) {
        const std::size_t row = suspect.row;
        if (suspect.kind == "no_volume") {
            ++sums.without_volume;
            continue;
        }
        if (!piece.judges(row)) continue;
        constexpr std::int64_t opinions_max = 20;  // each reads a piece of another series
        if (suspect.kind == "spike" && ++sums.opinions <= opinions_max) suspect.text += second_opinion(store, bars.key, bars, row);
        defects.note(suspect.kind, piece.number(row), std::move(suspect.text), suspect.count);
        add_finding(out, {std::string(suspect.kind), bars.time[row], bars.time[row], bars.high[row], bars.low[row]});
    }
}

void take_times(const Piece& piece, SeriesCheck& out, DefectTally& defects, Sums& sums) {
    const bool whole = piece.from == 0 && piece.to == piece.bars.size();
    const std::size_t begin = piece.from == 0 ? 0 : piece.from - 1;
    const BarColumns cut = whole ? BarColumns{} : piece.bars.slice(begin, piece.to);
    const BarColumns& bars = whole ? piece.bars : cut;
    const MarketKind kind = market_kind(bars.key.symbol);
    const std::int64_t step = duration_nanos(bars.key.timeframe);
    for (Suspect& suspect : find_time_suspects(bars, kind)) {
        if (suspect.kind == "weekend_row")
            for (const UnixNanos t : bars.time)
                if (is_weekend_day(t)) add_finding(out, {"weekend_row", t, t, {}, {}});
        if (suspect.kind == "hour_missing" || suspect.kind == "mixed_timeframe")
            add_finding(out, {std::string(suspect.kind), bars.time[suspect.row], bars.time[suspect.row], {}, {}});
        defects.note(suspect.kind, piece.number(begin + suspect.row), std::move(suspect.text), suspect.count);
    }
    const std::vector<MissingRun> runs = find_missing(bars, observed_kind(bars, kind));
    for (const MissingRun& run : runs)
        if (run.bars * step >= missing_min_minutes * nanos_per_minute)
            add_finding(out, {is_missing_week(run, step) ? "missing_week" : "gap", run.begin, run.end, {}, {}});
    sums.longest.insert(sums.longest.end(), runs.begin(), runs.end());
    std::ranges::stable_sort(sums.longest, std::ranges::greater{}, &MissingRun::bars);
    sums.longest.resize(std::min(sums.longest.size(), gaps_shown));
}

void check_piece(const ports::SeriesStore& store, const Piece& piece, SeriesCheck& out, DefectTally& defects, Sums& sums) {
    if (++sums.pieces == 1) out.kind = observed_kind(piece.bars, market_kind(piece.bars.key.symbol));
    check_rows(piece, out, defects);
    take_suspects(store, piece, out, defects, sums);
    take_times(piece, out, defects, sums);
}

/// The rows from the last judged one on, and what lies a day before the end, begin the next piece.
Piece next_piece(Piece& piece) {
    Piece next;
    next.bars = piece.bars.slice(piece.to - 1, piece.bars.size());
    next.from = 1;
    next.rows_before = piece.rows_before + static_cast<std::int64_t>(piece.to) - 1;
    return next;
}

void append_rows(const BarColumns& batch, BarColumns& bars) {
    const auto add = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    bars.key = batch.key, bars.digits = batch.digits;
    add(bars.time, batch.time), add(bars.open, batch.open), add(bars.high, batch.high), add(bars.low, batch.low), add(bars.close, batch.close);
    add(bars.volume, batch.volume), add(bars.ask_open, batch.ask_open), add(bars.ask_high, batch.ask_high), add(bars.ask_low, batch.ask_low);
    add(bars.ask_close, batch.ask_close), add(bars.spread, batch.spread);
}

Result<void> check_bars(const ports::SeriesStore& store, const SeriesKey& key, std::size_t piece_rows, SeriesCheck& out, DefectTally& defects) {
    Piece piece;
    Sums sums;
    TRY_VOID(store.stream_bars(key, {}, std::min(batch_rows, piece_rows), [&](const BarColumns& batch) {
        append_rows(batch, piece.bars);
        if (piece.bars.size() < piece_rows) return true;
        // A bar is judged with the day that follows it.
        const UnixNanos day{piece.bars.time.back().value - nanos_per_day - duration_nanos(key.timeframe)};
        piece.to = static_cast<std::size_t>(std::ranges::lower_bound(piece.bars.time, day) - piece.bars.time.begin());
        if (piece.to < piece.bars.size() / 2) return true;  // times out of order: the more rows, the more is seen
        check_piece(store, piece, out, defects, sums);
        piece = next_piece(piece);
        return true;
    }));
    piece.to = piece.bars.size();
    check_piece(store, piece, out, defects, sums);
    if (sums.without_volume == sums.pieces && out.info.rows > 0)
        defects.note("no_volume", 1, "the volume is always zero: it says nothing");
    for (const MissingRun& run : sums.longest) out.longest_gaps.push_back({run.from, run.to, run.bars});
    return {};
}

Result<void> check_ticks(const ports::SeriesStore& store, const SeriesKey& key, SeriesCheck& out, DefectTally& defects) {
    std::int64_t row = 0, sized = 0;
    UnixNanos last{INT64_MIN};
    TickSpikes spikes;
    TRY_VOID(store.stream_ticks(key, {}, batch_rows, [&](const TickColumns& batch) {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            ++row;
            const Tick tick = batch.tick(i);
            const auto note = [&](std::string_view kind, std::string_view what) {
                defects.note(kind, row, defects.knows(kind) ? "" : fmt::format("{}: {}", to_iso8601(tick.time), what));
                add_finding(out, {std::string(kind), tick.time, tick.time, tick.bid, tick.bid});
            };
            if (tick.time < last) note("order", "is earlier than the tick before");
            if (tick.bid.raw <= 0 || tick.ask.raw <= 0) note("unsound", "a price is not positive");
            if (tick.ask < tick.bid) ++out.crossed, note("crossed", "the ask is below the bid");
            if (const auto spike = spikes.see(tick, row, out.info.digits)) {
                defects.note("spike", spike->row, defects.knows("spike") ? "" : describe(*spike, out.info.digits), spike->ticks);
                add_finding(out, {"spike", spike->time, spike->time, spike->far, spike->far});
            }
            sized += tick.bid_size.raw != 0 || tick.ask_size.raw != 0;
            last = tick.time;
        }
        return true;
    }));
    if (row > 0 && sized == 0) defects.note("no_volume", 0, "the sizes are always zero: they say nothing");
    return {};
}

/// What only the imports saw: rows kept out, a clock that changed, noise in the numbers.
void take_imports(SeriesCheck& out, DefectTally& defects) {
    for (const ImportOrigin& origin : out.origins)
        for (const Defect& defect : origin.defects) {
            const auto seen = std::ranges::find(defects.list(), defect.kind, &Defect::kind);
            if (seen != defects.list().end() && !seen->text.starts_with("imported ")) continue;
            defects.note(defect.kind, defect.row, fmt::format("imported {}, line {}: {}", std::filesystem::path(origin.file).filename().string(),
                                                              defect.row, defect.text), defect.count);
        }
    for (const QuarantinedRow& q : out.quarantine.rows)
        if (const auto time = time_in(q.row.reason)) {
            const auto [high, low] = prices_in(q.row.reason);
            add_finding(out, {q.row.kind, *time, *time, high, low, true});
        }
}

}  // namespace

Result<SeriesCheck> check_series(const ports::SeriesStore& store, const SeriesKey& key, std::size_t piece_rows) {
    if (key.timeframe == book_timeframe) return check_book(store, key);
    SeriesCheck out;
    DefectTally defects;
    TRY(out.info, store.describe(key));
    TRY(out.quarantine, read_quarantine(store, key));
    TRY(out.origins, read_origins(store, key));
    if (key.timeframe == Timeframe::ticks) {
        TRY_VOID(check_ticks(store, key, out, defects));
    } else {
        TRY_VOID(check_bars(store, key, piece_rows, out, defects));
    }
    take_imports(out, defects);
    out.defects = defects.list();
    for (Defect& defect : out.defects)
        defect.refused = std::ranges::find(out.quarantine.rows, defect.kind, [](const QuarantinedRow& q) { return q.row.kind; }) != out.quarantine.rows.end();
    return out;
}

}  // namespace aitrading::market
