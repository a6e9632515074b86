#include "report/correlation_report.hpp"

#include <algorithm>

#include "report/correlation_pictures.hpp"
#include "report/format.hpp"
#include "report/provenance.hpp"

namespace aitrading::report {
namespace {

void add_structure(Page& page, const CorrelationReport& report) {
    page.section("What belongs together");
    if (report.tree.empty()) {
        page.missing("Clusters, tree and factors", report.no_structure);
        return;
    }
    page.picture(market_tree_picture(report));
    DataTable factors;
    factors.columns = {{"Factor"}, {"Variance", true}, {"Share", true}};
    for (const std::string& name : report.names) factors.columns.push_back({name, true});
    for (const FactorColumn& f : report.factors) {
        std::vector<Cell> row{f.name, Cell(number(f.variance, 2), f.variance > report.noise_edge ? "strong" : "faint"), percent(f.share)};
        for (const double loading : f.loading) row.emplace_back(signed_number(loading, 2), "heat", loading);
        factors.rows.push_back(std::move(row));
    }
    factors.remark = "Loadings: correlation of the market with the factor. Chance alone reaches a variance of " + number(report.noise_edge, 2) + ".";
    page.table(factors, "Factors", "Principal components of the correlation matrix; bold where the variance is above what chance reaches.");
}

void add_dollar(Page& page, const CorrelationReport& report) {
    page.section("The dollar index");
    if (!report.no_dollar.empty()) page.missing(report.dollar.empty() ? "The dollar index" : "The dollar index as published", report.no_dollar);
    if (report.dollar.empty()) return;
    page.picture(dollar_picture(report));
    page.paragraph("A pair that is itself a leg of the index moves with it by arithmetic, not by foresight: 57.6 % of the index is EURUSD. What counts for a "
                   "forecast is the index without the pair's own leg, and the return after it; both stand in the table.");
}

void add_risk(Page& page, const CorrelationReport& report) {
    page.section("Risk of the positions");
    if (report.risk.empty()) {
        page.missing("Risk and stress", report.no_risk);
        return;
    }
    if (!report.exposures.rows.empty()) page.table(report.exposures, "Exposure of each currency leg", "Long the first currency of a pair, short its price in the second.");
    page.picture(risk_picture(report));
    if (!report.stress.empty()) page.picture(stress_picture(report));
    std::vector<std::string> missing;
    for (const StressRow& s : report.stress)
        if (!s.missing.empty()) missing.push_back(s.name + ", " + s.span + ": not available, " + s.missing + ".");
    if (!missing.empty()) page.list(missing);
}

}  // namespace

std::string render_correlation_report(const CorrelationReport& report) {
    Page page("How markets move together", "Correlation · " + report.timeframe + " · " + report.span, source_line(report.provenance, report.timeframe),
              report.provenance.command_line);
    page.verdict(report.verdict, report.explanation);
    page.figures(report.figures);
    if (!report.warnings.empty()) page.list(report.warnings);
    page.section("Correlation");
    page.picture(correlation_matrix_picture(report));
    if (!report.time.empty())
        page.picture(correlation_paths_picture(report));
    else
        page.missing("Correlation over time", "the span is shorter than the window.");
    if (!report.no_breaks.empty()) page.missing("Tests for breaks", report.no_breaks);
    page.section("Who moves first");
    page.picture(lead_lag_picture(report));
    add_structure(page, report);
    add_dollar(page, report);
    add_risk(page, report);
    if (!report.alignment.rows.empty()) {
        page.section("What was compared");
        page.table(report.alignment, "Rows of each series", "What was used, and what was left out and why.");
    }
    add_protocol(page, report.protocol, report.provenance);
    return page.finish();
}

}  // namespace aitrading::report
