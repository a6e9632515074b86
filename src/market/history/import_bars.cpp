#include <algorithm>

#include "market/history/collect_bars.hpp"
#include "market/history/import_parts.hpp"
#include "market/history/merge_bars.hpp"

namespace aitrading::market {
namespace {

/// Rows to be merged as one, with the files that they are from.
struct Incoming {
    BarColumns bars;
    std::vector<PendingBars*> files;
    std::vector<std::uint32_t> owner;        ///< of each row the file; empty: all of the first
    std::vector<std::uint32_t> other_owner;  ///< of each row the file of the ask side; empty where there is none
};

Error ask_side_alone(const PendingBars& file) {
    return {ErrorCode::bad_input,
            file.report.path.string() + ": holds the ask side, and the stored series " + to_string(file.report.key) +
                " has other prices; give the files of both sides in one command, after `aitrading data remove " +
                file.report.key.symbol + " " + std::string(name(file.report.key.timeframe)) + "`",
            false};
}

void note_left_out(const BarColumns& old, PendingBars& file) {
    if (!old.has_ask() && file.bars.has_ask())
        file.defects.note("ask_left_out", 0, "the stored series has no ask side, so that of this file was left out; "
                                             "import it under a --symbol of its own to keep it");
    if (!old.has_spread() && file.bars.has_spread())
        file.defects.note("spread_left_out", 0, "the stored series has no spreads, so those of this file were left out; "
                                                "import it under a --symbol of its own to keep them");
}

/// Leaves out the columns that the series lacks, and the files that lack some of its.
void fit_columns(const BarColumns& series, std::vector<PendingBars*>& files) {
    for (PendingBars* file : files) {
        if (const auto fits = check_columns(series, file->bars); !fits) file->error = fits.error();
        note_left_out(series, *file);
        BarColumns& bars = file->bars;
        if (!series.has_ask())
            for (auto* column : {&bars.ask_open, &bars.ask_high, &bars.ask_low, &bars.ask_close}) column->clear();
        if (!series.has_spread()) bars.spread.clear();
    }
    std::erase_if(files, [](const PendingBars* file) { return file->error.has_value(); });
}

Incoming combine(std::vector<PendingBars*> files, bool replace) {
    Incoming out;
    out.files = std::move(files);
    if (out.files.size() == 1) {
        out.bars = std::move(out.files[0]->bars);
        return out;
    }
    std::vector<const BarColumns*> bars;
    for (const PendingBars* file : out.files) bars.push_back(&file->bars);
    CombinedBars combined = combine_bars(bars, replace);
    for (std::size_t i = 0; i < out.files.size(); ++i) {
        out.files[i]->report.rows_known += combined.known[i];
        out.files[i]->report.rows_conflicting += combined.conflicting[i];
        out.files[i]->bars = {};
    }
    out.bars = std::move(combined.bars);
    out.owner = std::move(combined.owner);
    return out;
}

void note_one_sided(const Incoming& side, const std::vector<std::size_t>& joined) {
    std::vector<std::int64_t> missing(side.files.size());
    std::size_t next = 0;
    for (std::size_t row = 0; row < side.bars.size(); ++row) {
        if (next < joined.size() && joined[next] == row)
            ++next;
        else
            ++missing[side.owner.empty() ? 0 : side.owner[row]];
    }
    for (std::size_t i = 0; i < missing.size(); ++i)
        for (std::int64_t row = 0; row < missing[i]; ++row)
            side.files[i]->defects.refuse("one_side_missing", 0, "the file of the other side has no bar of that time");
}

/// The files of the bid and those of the ask as one series of both sides.
Incoming join(Incoming bid, Incoming ask) {
    JoinedSides joined = join_sides(bid.bars, ask.bars);
    note_one_sided(bid, joined.bid_row);
    note_one_sided(ask, joined.ask_row);
    std::int64_t crossed = 0;
    for (std::size_t i = 0; i < joined.bars.size(); ++i) crossed += joined.bars.ask_close[i] < joined.bars.close[i];
    for (std::int64_t i = 0; i < crossed; ++i)
        bid.files[0]->defects.note("crossed", 0, "the ask closes below the bid; stored as it is");
    Incoming out;
    out.bars = std::move(joined.bars);
    for (const std::size_t row : joined.bid_row) out.owner.push_back(bid.owner.empty() ? 0 : bid.owner[row]);
    for (const std::size_t row : joined.ask_row)
        out.other_owner.push_back(static_cast<std::uint32_t>(bid.files.size()) + (ask.owner.empty() ? 0 : ask.owner[row]));
    out.files = bid.files;
    for (PendingBars* file : ask.files) {
        file->report.warnings.push_back("the ask side of " + bid.files[0]->report.path.filename().string());
        out.files.push_back(file);
    }
    return out;
}

void count(ImportReport& report, RowFate fate, bool replace) {
    if (fate == RowFate::known) ++report.rows_known;
    if (fate == RowFate::added || (fate == RowFate::conflicting && replace)) ++report.rows_stored;
    if (fate == RowFate::conflicting && !replace) ++report.rows_conflicting;
}

/// Merges into `series`. @errors bad_input
Result<bool> merge_into(BarColumns& series, Incoming& incoming, bool replace) {
    std::vector<RowFate> fates;
    MergedBars merged;
    if (series.size() == 0) {
        fates.assign(incoming.bars.size(), RowFate::added);
        merged.added = static_cast<std::int64_t>(incoming.bars.size());
        merged.bars = std::move(incoming.bars);
    } else {
        fates.reserve(incoming.bars.size());
        TRY(merged, merge_bars(series, incoming.bars, replace, &fates));
    }
    const bool ask_alone = incoming.files[0]->side == Side::ask && incoming.other_owner.empty();
    if (ask_alone && merged.conflicting > 0 && !replace) return std::unexpected(ask_side_alone(*incoming.files[0]));
    for (std::size_t row = 0; row < fates.size(); ++row) {
        count(incoming.files[incoming.owner.empty() ? 0 : incoming.owner[row]]->report, fates[row], replace);
        if (!incoming.other_owner.empty()) count(incoming.files[incoming.other_owner[row]]->report, fates[row], replace);
    }
    series = std::move(merged.bars);
    return merged.added > 0 || (replace && merged.conflicting > 0);
}

std::vector<PendingBars*> of_side(std::span<PendingBars* const> files, Side side) {
    std::vector<PendingBars*> out;
    for (PendingBars* file : files)
        if (file->side == side && !file->bars.has_ask()) out.push_back(file);
    return out;
}

Result<void> store_all(std::span<PendingBars* const> files, const ImportOptions& options, ports::SeriesStore& store) {
    const SeriesKey& key = files[0]->report.key;
    TRY(const auto lock, store.lock_writers(key));
    auto old = store.read_bars(key, {});
    if (!old && old.error().code != ErrorCode::not_found) return std::unexpected(old.error());
    std::vector<Incoming> all;
    std::vector<PendingBars*> bids = of_side(files, Side::bid), asks = of_side(files, Side::ask), rest;
    if (!bids.empty() && !asks.empty()) all.push_back(join(combine(bids, options.replace), combine(asks, options.replace)));
    for (PendingBars* file : files)
        if (all.empty() || std::ranges::find(all[0].files, file) == all[0].files.end()) rest.push_back(file);
    if (!rest.empty()) {
        fit_columns(old ? *old : all.empty() ? rest[0]->bars : all[0].bars, rest);
        if (!rest.empty()) all.push_back(combine(rest, options.replace));
    }
    if (old && !all.empty() && !all[0].other_owner.empty() && !old->has_ask())
        all[0].files[0]->defects.note("ask_left_out", 0, "the stored series has no ask side, so that of this file was left "
                                                         "out; import it under a --symbol of its own to keep it");
    BarColumns series = old ? *std::move(old) : BarColumns{};
    series.key = key;
    bool changed = false;
    for (Incoming& incoming : all) {
        const auto merged = merge_into(series, incoming, options.replace);
        if (merged)
            changed = changed || *merged;
        else
            for (PendingBars* file : incoming.files) file->error = merged.error();
    }
    return changed ? store.replace_bars(series) : Result<void>{};
}

}  // namespace

Result<PendingBars> read_bar_file(RowStream& rows, const ImportOptions& options, const std::filesystem::path& path) {
    PendingBars out;
    out.report = begin_report(rows, path);
    TRY(CollectedBars collected, collect_bars(rows, options, path));
    out.bars = std::move(collected.bars);
    out.side = rows.layout().side;
    ImportReport& report = out.report;
    report.key = out.bars.key;
    report.timezone = collected.timezone;
    report.clock = std::move(collected.clock);
    report.digits = out.bars.digits;
    report.warnings.insert(report.warnings.end(), collected.warnings.begin(), collected.warnings.end());
    report.first = out.bars.time.front();
    report.last = out.bars.time.back();
    report.gaps = count_gaps(out.bars);
    end_report(rows, rows.defects(), report);
    out.defects = std::move(rows.defects());
    return out;
}

void store_bar_files(std::span<PendingBars* const> files, const ImportOptions& options, ports::SeriesStore& store) {
    const Result<void> stored = store_all(files, options, store);
    for (PendingBars* file : files) {
        if (!stored && !file->error) file->error = stored.error();
        ImportReport& report = file->report;
        report.rows_rejected = file->defects.refused();
        report.defects = file->defects.list();
        report.refused_rows = file->defects.rows();
        if (report.rows_conflicting > 0)
            report.warnings.push_back("some rows contradict stored ones, which stayed; --replace takes the new");
    }
}

}  // namespace aitrading::market
