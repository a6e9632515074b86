#include "report/quality_report.hpp"

#include <algorithm>

#include "report/provenance.hpp"
#include "report/quality_pictures.hpp"

namespace aitrading::report {
namespace {

bool has_shift(const QualityReport& report) {
    return std::ranges::find(report.marks, "clock_shift", &QualityMark::kind) != report.marks.end();
}

void add_faults(Page& page, const QualityReport& report) {
    page.section("What is wrong");
    if (!report.marks.empty()) page.picture(faults_picture(report));
    if (!report.close_up.empty()) page.picture(fault_close_up(report));
    if (has_shift(report)) page.picture(file_clock_picture(report));
    if (report.crossed_share > 0) page.picture(spread_picture(report));
    DataTable table;
    table.columns = {{"Finding"}, {"Rows", true}, {"First row", true}, {"What"}};
    for (const QualityFinding& f : report.findings)
        table.rows.push_back({Cell(f.kind, f.refused ? "loss" : "strong"), std::to_string(f.count), f.row > 0 ? std::to_string(f.row) : "", f.text});
    if (table.rows.empty())
        page.paragraph("Nothing remarkable was found in any row.");
    else
        page.table(table, "All findings", "A finding says what was seen; what was kept out of the series is in colour.");
}

void add_clock(Page& page, const QualityReport& report) {
    page.section("The clock");
    const bool known = std::ranges::any_of(report.weeks, [](const QualityWeek& w) { return std::isfinite(w.ahead); });
    if (known && !has_shift(report)) page.picture(file_clock_picture(report));
    const bool edges = std::ranges::any_of(report.weeks, [](const QualityWeek& w) { return std::isfinite(w.open); });
    if (edges)
        page.picture(week_edges_picture(report));
    else
        page.missing("Openings and closes of weeks", report.no_clock);
    if (!report.clock_evidence.empty()) page.list(report.clock_evidence);
    if (!report.origins.rows.empty()) page.table(report.origins, "Files of this series");
}

}  // namespace

std::string render_quality_report(const QualityReport& report) {
    Page page("Quality of " + report.series, "Data check · " + report.span, source_line(report.provenance, report.series),
              report.provenance.command_line);
    page.verdict(report.verdict, report.explanation);
    page.figures(report.figures);
    add_faults(page, report);
    page.section("What is there");
    if (!report.days.empty()) page.picture(calendar_picture(report));
    if (!report.gaps.rows.empty()) page.table(report.gaps, "The longest gaps while the market was open");
    if (!report.buckets.empty()) page.picture(marked_price_picture(report));
    add_clock(page, report);
    page.section("Spread and volume by hour");
    std::vector<Picture> hours;
    if (report.spread.empty())
        page.missing("Spread", report.no_spread);
    else
        hours.push_back(hours_picture(report.spread, "The spread", report.spread_unit));
    if (report.volume.empty())
        page.missing("Volume", report.no_volume);
    else
        hours.push_back(hours_picture(report.volume, "The volume", "units of the source"));
    if (!hours.empty()) page.pictures(hours);
    if (!report.quarantine.rows.empty()) {
        page.section("Rows kept out");
        page.table(report.quarantine, "The first rows of the quarantine");
    }
    add_protocol(page, {"Gaps count while the market is open: weekends, the daily break and holidays are none.",
                        "Spikes: beyond 40 robust deviations (1.4826 times the median absolute change of the closes around) outside both neighbours.",
                        "Nothing was mended: rows that cannot be true were kept out, all others are stored as they were."},
                 report.provenance);
    return page.finish();
}

}  // namespace aitrading::report
