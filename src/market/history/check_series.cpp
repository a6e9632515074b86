#include "market/history/check_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "market/history/suspects.hpp"

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

void check_rows(const BarColumns& bars, SeriesCheck& out, DefectTally& defects) {
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const Bar bar = bars.bar(i);
        const auto note = [&](std::string_view kind, std::string_view what) {
            defects.note(kind, static_cast<std::int64_t>(i) + 1, defects.knows(kind) ? "" : fmt::format("{}: {}", to_iso8601(bar.time), what));
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

void take_suspects(const ports::SeriesStore& store, const BarColumns& bars, SeriesCheck& out, DefectTally& defects) {
    std::int64_t opinions = 0;
    for (Suspect& suspect : find_suspects(bars)) {
        const std::size_t row = suspect.row;
        constexpr std::int64_t opinions_max = 20;  // each reads a piece of another series
        if (suspect.kind == "spike" && ++opinions <= opinions_max) suspect.text += second_opinion(store, bars.key, bars, row);
        defects.note(suspect.kind, static_cast<std::int64_t>(row) + 1, std::move(suspect.text), suspect.count);
        if (suspect.kind != "no_volume")
            add_finding(out, {std::string(suspect.kind), bars.time[row], bars.time[row], bars.high[row], bars.low[row]});
    }
}

void take_times(const BarColumns& bars, SeriesCheck& out, DefectTally& defects) {
    const MarketKind kind = market_kind(bars.key.symbol);
    const std::int64_t step = duration_nanos(bars.key.timeframe);
    for (Suspect& suspect : find_time_suspects(bars, kind)) {
        if (suspect.kind == "hour_missing" || suspect.kind == "weekend_row" || suspect.kind == "mixed_timeframe")
            add_finding(out, {std::string(suspect.kind), bars.time[suspect.row], bars.time[suspect.row], {}, {}});
        defects.note(suspect.kind, static_cast<std::int64_t>(suspect.row) + 1, std::move(suspect.text), suspect.count);
    }
    std::vector<MissingRun> runs = find_missing(bars, observed_kind(bars, kind));
    for (const MissingRun& run : runs)
        if (run.bars * step >= missing_min_minutes * nanos_per_minute)
            add_finding(out, {run.to.value - run.from.value >= 5 * nanos_per_day ? "missing_week" : "gap", run.begin, run.end, {}, {}});
    std::ranges::stable_sort(runs, std::ranges::greater{}, &MissingRun::bars);
    for (std::size_t i = 0; i < std::min(runs.size(), gaps_shown); ++i)
        out.longest_gaps.push_back({runs[i].from, runs[i].to, runs[i].bars});
}

Result<void> check_ticks(const ports::SeriesStore& store, const SeriesKey& key, SeriesCheck& out, DefectTally& defects) {
    std::int64_t row = 0, sized = 0;
    UnixNanos last{INT64_MIN};
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

Result<SeriesCheck> check_series(const ports::SeriesStore& store, const SeriesKey& key) {
    if (key.timeframe == book_timeframe) return check_book(store, key);
    SeriesCheck out;
    DefectTally defects;
    TRY(out.info, store.describe(key));
    TRY(out.quarantine, read_quarantine(store, key));
    TRY(out.origins, read_origins(store, key));
    if (key.timeframe == Timeframe::ticks) {
        TRY_VOID(check_ticks(store, key, out, defects));
    } else {
        TRY(const BarColumns bars, store.read_bars(key, {}));
        check_rows(bars, out, defects);
        take_suspects(store, bars, out, defects);
        take_times(bars, out, defects);
    }
    take_imports(out, defects);
    out.defects = defects.list();
    for (Defect& defect : out.defects)
        defect.refused = std::ranges::find(out.quarantine.rows, defect.kind, [](const QuarantinedRow& q) { return q.row.kind; }) != out.quarantine.rows.end();
    return out;
}

}  // namespace aitrading::market
