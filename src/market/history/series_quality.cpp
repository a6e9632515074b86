#include "market/history/series_quality.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "market/calendar/clock.hpp"
#include "market/history/clock_evidence.hpp"
#include "market/history/quality_parts.hpp"
#include "report/format.hpp"

namespace aitrading::market {
namespace {

using report::QualityReport;

/// What a kind of fault means, the worst first.
struct Meaning {
    std::string_view kind;
    const char *one, *many;  ///< after the count: "54 rows carry the whole day that follows them …"
};
constexpr Meaning meanings[]{
    {"day_in_bar", "row carries the high, low and volume of the whole day that follows it and was kept out",
     "rows carry the high, low and volume of the whole day that follows them and were kept out"},
    {"crossed", "quote is crossed: its ask lies below its bid", "quotes are crossed: the ask lies below the bid"},
    {"clock_shift", "change of the file's clock was found and followed", "changes of the file's clock were found and followed"},
    {"false_first_bar", "bar, the first, holds prices that were never traded around it", "first bars hold prices that were never traded around them"},
    {"misfit_bar", "bar holds the volume of another span", "bars hold the volume of another span"},
    {"spike", "bar leaps out of the prices around and back", "bars leap out of the prices around and back"},
    {"outside_high_low", "row whose open or close lies outside high and low was kept out", "rows whose open or close lies outside high and low were kept out"},
    {"high_below_low", "row with a high below the low was kept out", "rows with a high below the low were kept out"},
    {"duplicate", "row was there twice and was kept out", "rows were there twice and were kept out"},
    {"out_of_order", "row steps back in time and was kept out", "rows step back in time and were kept out"},
    {"missing_week", "whole week is missing", "whole weeks are missing"},
    {"mixed_timeframe", "row is of a longer timeframe", "rows are of a longer timeframe"},
    {"flat", "bar has no movement and no volume: filled in by the source", "bars have no movement and no volume: filled in by the source"},
    {"hour_missing", "hour is missing that the market trades", "hours are missing that the market trades"},
    {"weekend_row", "day lies on a weekend", "days lie on a weekend"},
    {"gap", "gap lies in open hours", "gaps lie in open hours"},
    {"thin", "short run of bars is missing", "short runs of bars are missing"},
    {"float_noise", "row holds the noise of floating point numbers, which was rounded", "rows hold the noise of floating point numbers, which was rounded"},
};

std::string said(const report::QualityFinding& finding, const Meaning& meaning) {
    return report::counted(finding.count, meaning.one, meaning.many);
}

std::size_t rank(std::string_view kind) {
    const auto found = std::ranges::find(meanings, kind, &Meaning::kind);
    return static_cast<std::size_t>(found - std::begin(meanings));
}

void tell_findings(const SeriesCheck& check, QualityReport& out) {
    for (const Defect& d : check.defects) out.findings.push_back({d.kind, d.text, d.count, d.row, d.refused});
    std::ranges::stable_sort(out.findings, {}, [](const report::QualityFinding& f) { return rank(f.kind); });
    if (out.findings.empty()) {
        out.verdict = fmt::format("Nothing is wrong with {} that a look at every row could show.", out.series);
        return;
    }
    const report::QualityFinding& worst = out.findings.front();
    const std::size_t at = rank(worst.kind);
    out.verdict = at < std::size(meanings) ? said(worst, meanings[at]) + "."
                                           : fmt::format("No row is wrong, but: {}.", worst.text);
    out.explanation = worst.text + ".";
    for (std::size_t i = 1; i < std::min<std::size_t>(out.findings.size(), 4); ++i)
        if (const std::size_t next = rank(out.findings[i].kind); next < std::size(meanings))
            out.explanation += " Also: " + said(out.findings[i], meanings[next]) + ".";
}

void tell_figures(const SeriesCheck& check, QualityReport& out) {
    std::int64_t refused = 0, faulty = 0;
    for (const Defect& d : check.defects) (d.refused ? refused : faulty) += rank(d.kind) <= rank("flat") ? d.count : 0;
    std::int64_t rows = 0, expected = 0;
    for (const report::QualityDay& day : out.days) rows += std::min(day.rows, day.expected), expected += day.expected;
    out.figures = {{"Rows", report::grouped(check.info.rows), report::date(check.info.first) + " to " + report::date(check.info.last)},
                   {"Kept out", report::grouped(refused), refused > 0 ? "listed by data quarantine" : "no row was refused", refused > 0 ? "loss" : ""},
                   {"Doubtful", report::grouped(faulty), "stored as they are", faulty > 0 ? "loss" : ""}};
    if (expected > 0 && check.info.key.timeframe != Timeframe::ticks)
        out.figures.push_back({"Coverage", report::percent(static_cast<double>(rows) / static_cast<double>(expected)), "of the rows that open hours would give"});
    if (!check.longest_gaps.empty())
        out.figures.push_back({"Longest gap", report::counted(check.longest_gaps[0].missing_bars, "bar", "bars"), "from " + report::date_time(check.longest_gaps[0].from)});
    if (check.crossed > 0) {
        out.crossed_share = static_cast<double>(check.crossed) / static_cast<double>(check.info.rows);
        out.figures.push_back({"Crossed quotes", report::percent(out.crossed_share), "ask below bid", "loss"});
    }
}

void tell_marks(const SeriesCheck& check, QualityReport& out) {
    for (const Finding& f : check.findings) {
        const bool priced = f.high.raw > 0 && f.kind != "flat" && f.kind != "crossed";
        out.marks.push_back({f.kind, f.from, f.to, f.refused, priced ? f.high.to_double() : NAN});
    }
    for (const Finding& span : clock_spans(check)) out.marks.push_back({"clock_shift", span.from, span.to, false, NAN});
}

void tell_tables(const SeriesCheck& check, QualityReport& out) {
    constexpr std::size_t rows_shown = 100;
    out.gaps.columns = {{"Last bar before"}, {"First bar after"}, {"Missing bars", true}};
    for (const Gap& gap : check.longest_gaps) out.gaps.rows.push_back({report::date_time(gap.from), report::date_time(gap.to), report::grouped(gap.missing_bars)});
    out.quarantine.columns = {{"File"}, {"Line", true}, {"Kind"}, {"Reason"}, {"As it stands there"}};
    for (const QuarantinedRow& q : check.quarantine.rows) {
        if (out.quarantine.rows.size() == rows_shown) break;
        out.quarantine.rows.push_back({std::filesystem::path(q.file).filename().string(), report::grouped(q.row.line), q.row.kind, q.row.reason, q.row.text});
    }
    out.quarantine.remark = fmt::format("{} of {} rows; all of them: aitrading data quarantine {}.", out.quarantine.rows.size(),
                                        check.quarantine.rows.size() + static_cast<std::size_t>(check.quarantine.omitted), out.series);
    out.origins.columns = {{"File"}, {"Layout"}, {"Clock"}, {"Known because"}, {"Probability", true}};
    for (const ImportOrigin& o : check.origins) {
        if (out.origins.rows.size() == rows_shown) break;
        out.origins.rows.push_back({std::filesystem::path(o.file).filename().string(), o.format, o.timezone, o.source,
                                    o.source == "shown by the data" ? report::percent(o.probability) : ""});
        if (out.clock_evidence.size() < 4 && !o.evidence.empty())
            out.clock_evidence.push_back(std::filesystem::path(o.file).filename().string() + ": " + o.evidence + ".");
    }
}

/// Faults that have a place on the price, of the worst kind: so many as are worth a look for one with bars on both sides.
std::vector<const Finding*> worst_findings(const SeriesCheck& check) {
    constexpr std::size_t looked_at = 20;
    const auto shown = [](const Finding& f) { return f.high.raw > 0 && f.kind != "crossed"; };
    std::size_t worst = SIZE_MAX;
    for (const Finding& f : check.findings)
        if (shown(f)) worst = std::min(worst, rank(f.kind));
    std::vector<const Finding*> out;
    for (const Finding& f : check.findings)
        if (shown(f) && rank(f.kind) == worst && out.size() < looked_at) out.push_back(&f);
    return out;
}

/// The bars around the first fault of the worst kind that has a place on the price, better one with bars on both sides.
Result<void> tell_close_up(const ports::SeriesStore& store, const SeriesCheck& check, QualityReport& out) {
    constexpr std::int64_t reach_bars = 40, beside_min = 16;
    const std::int64_t reach = reach_bars * duration_nanos(check.info.key.timeframe);
    const Finding* first = nullptr;
    BarColumns bars;
    for (const Finding* f : worst_findings(check)) {
        TRY(BarColumns around, store.read_bars(check.info.key, {{f->from.value - reach}, {f->from.value + reach + 1}}));
        const auto before = std::ranges::lower_bound(around.time, f->from) - around.time.begin();
        const bool both = std::min(before, std::ssize(around.time) - before) >= beside_min;
        if (first == nullptr || both) first = f, bars = std::move(around);
        if (both) break;
    }
    if (first == nullptr) return {};
    std::map<std::int64_t, std::string> faults;
    for (const Finding& f : check.findings)
        if (f.high.raw > 0 && std::abs(f.from.value - first->from.value) <= reach) faults[f.from.value] = f.kind;
    std::map<std::int64_t, report::QualityBar> shown;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (std::abs(bars.time[i].value - first->from.value) > reach) continue;
        const auto fault = faults.find(bars.time[i].value);
        shown[bars.time[i].value] = {bars.time[i], bars.open[i].to_double(), bars.high[i].to_double(), bars.low[i].to_double(), bars.close[i].to_double(),
                                     fault == faults.end() ? "" : fault->second};
    }
    for (const Finding& f : check.findings)
        if (f.refused && f.high.raw > 0 && std::abs(f.from.value - first->from.value) <= reach)
            shown[f.from.value] = {f.from, f.low.to_double(), f.high.to_double(), f.low.to_double(), f.low.to_double(), f.kind};
    for (auto& [time, bar] : shown) out.close_up.push_back(std::move(bar));
    out.close_up_title = fmt::format("{}: what is wrong at {}", first->kind, report::date_time(first->from));
    out.close_up_subtitle = fmt::format("Bars of {} around the first such row; thin: low to high, thick: open to close; the faulty ones in vermilion with their name.",
                                        name(check.info.key.timeframe));
    return {};
}

}  // namespace

Result<report::QualityReport> describe_quality(const ports::SeriesStore& store, const SeriesCheck& check) {
    QualityReport out;
    const SeriesInfo& info = check.info;
    out.series = to_string(info.key);
    out.span = fmt::format("{} to {} · {} rows", report::date(info.first), report::date(info.last), report::grouped(info.rows));
    out.digits = info.digits;
    out.clock_title = clock_sentence(check);
    out.no_clock = info.key.timeframe == Timeframe::ticks ? "Ticks of this series span no whole week." : "Days, weeks and markets without a weekend have none.";
    if (info.key.timeframe == Timeframe::ticks) {
        TRY_VOID(measure_ticks(store, check, out));
    } else {
        TRY_VOID(measure_bars(store, check, out));
        TRY_VOID(tell_close_up(store, check, out));
    }
    tell_findings(check, out);
    tell_figures(check, out);
    tell_marks(check, out);
    tell_tables(check, out);
    return out;
}

}  // namespace aitrading::market
