#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "apps/aitrading/correlation_run.hpp"
#include "apps/aitrading/output.hpp"
#include "report/correlation_report.hpp"
#include "report/format.hpp"

namespace aitrading::apps {
namespace {

using insight::CorrelationEstimate;

constexpr std::size_t factors_shown = 3;

report::CorrelationValue value_of(const CorrelationEstimate& e) {
    return {e.value, {e.low, e.high}, static_cast<std::int64_t>(e.n)};
}

std::vector<double> column(const std::vector<double>& path, std::size_t pairs, std::size_t pair) {
    std::vector<double> out;
    for (std::size_t i = pair; i < path.size(); i += pairs) out.push_back(path[i]);
    return out;
}

void add_bar_pairs(report::CorrelationReport& page, const insight::CorrelationStudy& study) {
    const std::size_t count = study.pairs.size();
    for (std::size_t p = 0; p < count; ++p) {
        const insight::PairStudy& pair = study.pairs[p];
        report::CorrelationPair out{.first = pair.first, .second = pair.second};
        out.whole = value_of(pair.whole);
        out.path = column(study.path, count, p);
        // Rows that a market of other hours lacks tell nothing.
        out.path_rows = study.path_rows * static_cast<double>(pair.whole.n) / static_cast<double>(study.rows.rows());
        if (pair.cusum) out.broke = study.rows.known[pair.cusum->row], out.break_p = pair.cusum->p;
        const auto half = static_cast<int>(pair.lags.size() / 2);
        for (const CorrelationEstimate& e : pair.lags) {
            out.lag.push_back(static_cast<int>(out.lag.size()) - half);
            out.at_lag.push_back(value_of(e));
        }
        out.best_lag = pair.best_lag, out.ratio = pair.ratio, out.lag_p = pair.lag_p;
        if (!pair.cusum) page.no_breaks = pair.no_breaks;
        page.pairs.push_back(std::move(out));
    }
}

void add_tick_pairs(report::CorrelationReport& page, const insight::TickStudy& ticks) {
    const std::size_t count = ticks.pairs.size();
    for (std::size_t p = 0; p < count; ++p) {
        const insight::TickPair& pair = ticks.pairs[p];
        report::CorrelationPair out{.first = pair.first, .second = pair.second};
        const double r = pair.whole.correlation();
        out.whole = {r, {r - pair.half_width, r + pair.half_width}, 0};
        out.path = column(ticks.path, count, p);
        const insight::LeadLag& lags = pair.lead_lag;
        for (std::size_t k = 0; k < lags.lag.size(); ++k) {
            out.lag.push_back(static_cast<double>(lags.lag[k]) / 1e9);
            out.at_lag.push_back({lags.correlation[k], {lags.correlation[k] - lags.half_width[k], lags.correlation[k] + lags.half_width[k]}, 0});
        }
        out.best_lag = static_cast<double>(lags.best_lag()) / 1e9, out.ratio = lags.ratio, out.lag_p = lags.p_value();
        page.pairs.push_back(std::move(out));
    }
    page.no_breaks = "They are made of bars; name a timeframe from M1 on.";
    page.no_structure = "They are made of bars; name a timeframe from M1 on.";
    page.lag_unit = "seconds";
}

void add_structure(report::CorrelationReport& page, const insight::CorrelationStudy& study) {
    page.no_structure = study.no_structure;
    if (!study.factors) return;
    page.order = study.order;
    page.groups = study.groups;
    page.noise_edge = study.factors->noise_edge;
    for (const insight::TreeEdge& e : study.tree) page.tree.push_back({e.first, e.second, e.distance, e.correlation});
    for (std::size_t f = 0; f < std::min(factors_shown, page.names.size()); ++f) {
        report::FactorColumn column{fmt::format("{}", f + 1), study.factors->variance[f], study.factors->share(f), {}};
        for (std::size_t j = 0; j < page.names.size(); ++j) column.loading.push_back(study.factors->loading(f, j));
        page.factors.push_back(std::move(column));
    }
}

void add_dollar(report::CorrelationReport& page, const CorrelationRun& run) {
    page.dollar_index = run.dollar.index;
    page.no_dollar = run.no_dollar;
    for (const insight::DollarLink& d : run.dollar.links)
        page.dollar.push_back({d.instrument, fmt::format("{}", fmt::join(d.own_legs, " and ")), d.own_weight, value_of(d.with), value_of(d.without),
                               value_of(d.next_with), value_of(d.next_without)});
}

/// The days of an episode; of rows inside days that a search found, whose number its name tells, the last one's close.
std::string when(const insight::Episode& episode, Timeframe rows) {
    const auto midnight = [](UnixNanos t) { return t.value % nanos_per_day == 0; };
    if (rows < Timeframe::d1 && !(midnight(episode.from) && midnight(episode.to))) return "ending " + report::date_time(episode.to);
    const std::string from = report::date(episode.from), to = report::date(episode.to);
    return from == to ? from : fmt::format("{} to {}", from, to);
}

void add_risk(report::CorrelationReport& page, const CorrelationRun& run) {
    page.account = run.command.account;
    page.no_risk = run.no_risk;
    if (!run.risk) return;
    const PositionRisk& r = *run.risk;
    const auto line = [&](const char* what, const insight::RiskMeasure& m) {
        page.risk.push_back({fmt::format("{} at {:g} %", what, 100 * r.confidence), m.total, {m.low, m.high}, m.component});
    };
    line("VaR, normal", r.risk.normal_var);
    line("CVaR, normal", r.risk.normal_cvar);
    line("VaR, historical", r.risk.historical_var);
    line("CVaR, historical", r.risk.historical_cvar);
    page.exposures.columns = {{"Currency"}, {"Amount", true}, {"In " + r.exposures.account, true}};
    for (const insight::CurrencyExposure& e : r.exposures.currencies)
        page.exposures.rows.push_back({e.currency, report::signed_number(e.amount, 0), e.in_account ? report::signed_number(*e.in_account, 0) : "not available"});
    for (const insight::StressResult& s : r.stress)
        page.stress.push_back({s.episode.name, when(s.episode, run.timeframe), s.missing, s.profit, s.component});
}

void add_alignment(report::CorrelationReport& page, const insight::AlignedReturns& rows) {
    page.alignment.columns = {{"Series"}, {"Closes", true}, {"Returns used", true}, {"Rows missed", true}, {"Outside the span", true}, {"Unusable", true},
                              {"Rows since its last close", true}, {"First", true}, {"Last", true}};
    for (const insight::SeriesCoverage& c : rows.coverage)
        page.alignment.rows.push_back({c.name, report::grouped(static_cast<std::int64_t>(c.closes)), report::grouped(static_cast<std::int64_t>(c.returns)),
                                       report::grouped(static_cast<std::int64_t>(c.missing)), report::grouped(static_cast<std::int64_t>(c.outside)),
                                       report::grouped(static_cast<std::int64_t>(c.bad)), report::grouped(static_cast<std::int64_t>(c.missing_at_end)),
                                       report::Cell(c.first), report::Cell(c.last)});
}

void add_verdict(report::CorrelationReport& page) {
    const report::CorrelationPair* top = &page.pairs.front();
    for (const report::CorrelationPair& p : page.pairs)
        if (std::abs(p.whole.value) > std::abs(top->whole.value)) top = &p;
    std::size_t broken = 0, tested = 0, lagged = 0;
    for (const report::CorrelationPair& p : page.pairs) tested += std::isfinite(p.break_p), broken += p.break_p < 0.05, lagged += p.best_lag != 0;
    const std::string together = page.names[top->first] + " and " + page.names[top->second];
    page.verdict = fmt::format("{} are tied most closely: {} (95 % {} to {}).", together, report::signed_number(top->whole.value, 2),
                               report::signed_number(top->whole.band.low, 2), report::signed_number(top->whole.band.high, 2));
    page.explanation = tested > 0 ? fmt::format("In {} of {} pairs the correlation changed within the span by more than chance shows in one of twenty: a single "
                                                "number hides that.", broken, tested)
                                  : "Ticks as they came, without a grid: the previous tick would hide most of the link.";
    page.figures = {{"Markets", fmt::format("{}", page.names.size()), report::counted(static_cast<std::int64_t>(page.pairs.size()), "pair", "pairs")},
                    {"Closest pair", report::signed_number(top->whole.value, 2), together},
                    {"Pairs with a lead", fmt::format("{} of {}", lagged, page.pairs.size()), "strongest at a lag other than none"}};
    if (tested > 0)
        page.figures.push_back({"Pairs that broke", fmt::format("{} of {}", broken, tested), fmt::format("chance alone: about {:.1f}", 0.05 * static_cast<double>(tested))});
    if (!page.risk.empty())
        page.figures.push_back({page.risk.back().name, report::number(page.risk.back().total, 0) + " " + page.account,
                                "95 % interval " + report::interval(page.risk.back().band.low, page.risk.back().band.high, 0)});
}

}  // namespace

Result<void> write_correlation_page(const CorrelationRun& run, const Context& context) {
    report::CorrelationReport page;
    page.names = run.names();
    page.timeframe = std::string(name(run.timeframe));
    const std::size_t rows = run.study ? run.study->rows.rows() : run.ticks->known.size();
    page.span = fmt::format("{} to {}, {} {}", report::date(run.first), report::date(run.last), report::grouped(static_cast<std::int64_t>(rows)), run.study ? "rows" : "minutes");
    if (run.study) {
        page.method = run.study->path_text;
        page.time = run.study->rows.known;
        page.warnings = run.study->warnings;
        add_bar_pairs(page, *run.study);
        add_structure(page, *run.study);
        add_alignment(page, run.study->rows);
        page.protocol = {"Alignment: " + run.study->rows.rule + ".",
                         "The path knows nothing later than its instant; matrices, tests, factors and the tree speak of the finished span.",
                         "Breaks: CUSUM of correlation (Wied, Krämer, Dehling 2012). Lags are counted in rows."};
    } else {
        page.method = "Hayashi-Yoshida of mid prices over the last minutes in which anything was quoted";
        page.time = run.ticks->known;
        add_tick_pairs(page, *run.ticks);
        page.protocol = {"Hayashi-Yoshida: products of all moves that overlap in time; no grid, no previous tick. Intervals: jackknife over 20 blocks of time.",
                         "Lead-lag: the same with the second market's clock shifted (Hoffmann, Rosenbaum, Yoshida 2013)."};
    }
    add_dollar(page, run);
    add_risk(page, run);
    add_verdict(page);
    page.provenance = provenance(context);
    page.provenance.data = fmt::format("{} stored series, {}", run.names().size(), page.timeframe);
    for (std::size_t j = 0; j < run.names().size(); ++j) page.provenance.more.emplace_back(run.names()[j], run.data_lines[j]);
    return write_page(std::filesystem::path(run.command.report) / "correlation.html", report::render_correlation_report(page));
}

}  // namespace aitrading::apps
