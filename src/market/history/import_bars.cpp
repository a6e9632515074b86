#include "market/history/collect_bars.hpp"
#include "market/history/import_parts.hpp"
#include "market/history/merge_bars.hpp"

namespace aitrading::market {
namespace {

void note_left_out(const BarColumns& old, const BarColumns& incoming, RowStream& rows) {
    if (old.size() == 0) return;
    if (!old.has_ask() && incoming.has_ask())
        rows.defects().note("ask_left_out", 0, "the stored series has no ask side, so that of this file was left out; "
                                               "import it under a --symbol of its own to keep it");
    if (!old.has_spread() && incoming.has_spread())
        rows.defects().note("spread_left_out", 0, "the stored series has no spreads, so those of this file were left out; "
                                                  "import it under a --symbol of its own to keep them");
}

}  // namespace

Result<void> import_bars(RowStream& rows, const ImportOptions& options, ports::SeriesStore& store,
                         ImportReport& report) {
    TRY(CollectedBars collected, collect_bars(rows, options, report.path));
    const BarColumns& bars = collected.bars;
    report.key = bars.key;
    report.timezone = collected.timezone;
    report.digits = bars.digits;
    report.warnings.insert(report.warnings.end(), collected.warnings.begin(), collected.warnings.end());
    report.first = bars.time.front();
    report.last = bars.time.back();
    report.gaps = count_gaps(bars);

    TRY(const auto lock, store.lock_writers(bars.key));
    auto old = store.read_bars(bars.key, {});
    if (!old && old.error().code != ErrorCode::not_found) return std::unexpected(old.error());
    if (!old) {
        report.rows_stored = static_cast<std::int64_t>(bars.size());
        return store.replace_bars(bars);
    }
    note_left_out(*old, bars, rows);
    TRY(const MergedBars merged, merge_bars(*old, bars, options.replace));
    report.rows_known = merged.known;
    report.rows_stored = merged.added + (options.replace ? merged.conflicting : 0);
    report.rows_conflicting = options.replace ? 0 : merged.conflicting;
    if (report.rows_conflicting > 0)
        report.warnings.push_back("some rows contradict stored ones, which stayed; --replace takes the new");
    return report.rows_stored == 0 ? Result<void>{} : store.replace_bars(merged.bars);
}

}  // namespace aitrading::market
