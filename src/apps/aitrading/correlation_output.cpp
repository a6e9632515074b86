#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "apps/aitrading/correlation_run.hpp"
#include "insight/correlation/pairs.hpp"
#include "kit/table.hpp"

namespace aitrading::apps {
namespace {

using Json = nlohmann::ordered_json;
using insight::CorrelationEstimate;

constexpr double source_claim = 0.85;  // "correlation 0.85 with DXY", as the requirements' source puts it
constexpr std::size_t factors_shown = 5;

Json estimate_json(const CorrelationEstimate& e) { return {{"value", e.value}, {"low", e.low}, {"high", e.high}, {"n", e.n}}; }

Json alignment_json(const insight::AlignedReturns& rows) {
    Json series = Json::array();
    for (const insight::SeriesCoverage& c : rows.coverage)
        series.push_back({{"symbol", c.name}, {"closes", c.closes}, {"returns", c.returns}, {"missing", c.missing}, {"bad", c.bad},
                          {"outside", c.outside}, {"superseded", c.superseded}, {"not_common", c.not_common},
                          {"across_gaps", c.across_gaps}, {"missing_at_end", c.missing_at_end},
                          {"first", to_iso8601(c.first)}, {"last", to_iso8601(c.last)}});
    return {{"rule", rows.rule}, {"series", std::move(series)}};
}

Json breaks_json(const insight::CorrelationStudy& study) {
    Json out = Json::array();
    for (const insight::PairStudy& p : study.pairs) {
        Json row{{"first", study.rows.names[p.first]}, {"second", study.rows.names[p.second]}};
        if (p.cusum)
            row["cusum"] = {{"statistic", p.cusum->statistic}, {"p", p.cusum->p}, {"at", to_iso8601(study.rows.known[p.cusum->row])}, {"n", p.cusum->rows}};
        if (p.windows)
            row["windows"] = {{"before", p.windows->before}, {"after", p.windows->after}, {"p", p.windows->p}, {"p_robust", p.windows->p_robust}};
        if (p.contagion)
            row["contagion"] = {{"variance_rise", p.contagion->delta}, {"adjusted", p.contagion->adjusted}, {"p", p.contagion->corrected.p}};
        if (!p.no_breaks.empty()) row["not_available"] = p.no_breaks;
        out.push_back(std::move(row));
    }
    return out;
}

Json lead_lag_json(const insight::CorrelationStudy& study) {
    Json out = Json::array();
    for (const insight::PairStudy& p : study.pairs) {
        const auto middle = static_cast<std::ptrdiff_t>(p.lags.size() / 2);
        out.push_back({{"first", study.rows.names[p.first]}, {"second", study.rows.names[p.second]}, {"unit", "rows"}, {"best_lag", p.best_lag},
                       {"at_best", estimate_json(*(p.lags.begin() + middle + p.best_lag))},
                       {"at_zero", estimate_json(*(p.lags.begin() + middle))}, {"ratio", p.ratio}, {"p_of_a_lag", p.lag_p}});
    }
    return out;
}

Json structure_json(const insight::CorrelationStudy& study) {
    if (!study.factors) return {{"not_available", study.no_structure}};
    const auto& names = study.rows.names;
    Json factors = Json::array(), merges = Json::array(), tree = Json::array(), order = Json::array(), groups = Json::object();
    for (std::size_t f = 0; f < std::min(factors_shown, names.size()); ++f) {
        Json loadings = Json::object();
        for (std::size_t j = 0; j < names.size(); ++j) loadings[names[j]] = study.factors->loading(f, j);
        factors.push_back({{"variance", study.factors->variance[f]}, {"share", study.factors->share(f)}, {"loadings", std::move(loadings)}});
    }
    for (const insight::Merge& m : study.merges) merges.push_back({{"first", m.first}, {"second", m.second}, {"distance", m.distance}, {"members", m.members}});
    for (const insight::TreeEdge& e : study.tree)
        tree.push_back({{"first", names[e.first]}, {"second", names[e.second]}, {"distance", e.distance}, {"correlation", e.correlation}});
    for (const std::size_t j : study.order) order.push_back(names[j]);
    for (std::size_t j = 0; j < names.size(); ++j) groups[names[j]] = study.groups[j];
    return {{"factors", std::move(factors)}, {"noise_edge", study.factors->noise_edge}, {"factors_above_noise", study.factors->above_noise},
            {"clusters", {{"order", std::move(order)}, {"groups", std::move(groups)}, {"merges", std::move(merges)}}}, {"tree", std::move(tree)}};
}

Json dollar_json(const CorrelationRun& run) {
    Json rows = Json::array();
    for (const insight::DollarLink& d : run.dollar.links)
        rows.push_back({{"symbol", d.instrument}, {"own_legs", d.own_legs}, {"own_weight", d.own_weight}, {"with", estimate_json(d.with)},
                        {"without_own_legs", estimate_json(d.without)}, {"next_with", estimate_json(d.next_with)},
                        {"next_without_own_legs", estimate_json(d.next_without)}});
    Json out{{"available", run.dollar.available() && run.study.has_value()}, {"missing", run.dollar.missing}, {"index", run.dollar.index},
             {"source_claim", source_claim}, {"instruments", std::move(rows)}};
    if (!run.no_dollar.empty()) out["not_available"] = run.no_dollar;
    if (run.published) out["published"] = {{"symbol", run.published->instrument}, {"correlation_with_formula", estimate_json(run.published->with)}};
    return out;
}

Json measure_json(const insight::RiskMeasure& m, const std::vector<std::string>& names) {
    Json parts = Json::object();
    for (std::size_t j = 0; j < names.size(); ++j) parts[names[j]] = m.component[j];
    return {{"total", m.total}, {"low", m.low}, {"high", m.high}, {"components", std::move(parts)}};
}

Json risk_json(const CorrelationRun& run) {
    if (!run.risk) return {{"not_available", run.no_risk}};
    const PositionRisk& r = *run.risk;
    Json exposures = Json::array(), stress = Json::array();
    for (const insight::CurrencyExposure& e : r.exposures.currencies)
        exposures.push_back({{"currency", e.currency}, {"amount", e.amount}, {"in_account", e.in_account ? Json(*e.in_account) : Json()}});
    for (const insight::StressResult& s : r.stress) {
        Json row{{"episode", s.episode.name}, {"from", to_iso8601(s.episode.from)}, {"to", to_iso8601(s.episode.to)}};
        if (s.missing.empty())
            row["profit"] = s.profit, row["components"] = s.component;
        else
            row["not_available"] = s.missing;
        stress.push_back(std::move(row));
    }
    return {{"account", r.exposures.account}, {"confidence", r.confidence}, {"rows", r.risk.rows}, {"exposures", std::move(exposures)},
            {"volatility", r.risk.volatility}, {"diversification", r.risk.diversification}, {"normal_var", measure_json(r.risk.normal_var, run.names())},
            {"normal_cvar", measure_json(r.risk.normal_cvar, run.names())}, {"historical_var", measure_json(r.risk.historical_var, run.names())},
            {"historical_cvar", measure_json(r.risk.historical_cvar, run.names())}, {"stress", std::move(stress)}};
}

Json ticks_json(const insight::TickStudy& ticks, Json document) {
    Json pairs = Json::array(), lags = Json::array();
    for (const insight::TickPair& p : ticks.pairs) {
        const double r = p.whole.correlation();
        pairs.push_back({{"first", ticks.names[p.first]}, {"second", ticks.names[p.second]}, {"value", r}, {"low", r - p.half_width}, {"high", r + p.half_width},
                         {"covariance", p.whole.covariance}});
        lags.push_back({{"first", ticks.names[p.first]}, {"second", ticks.names[p.second]}, {"unit", "s"}, {"best_lag", static_cast<double>(p.lead_lag.best_lag()) / 1e9},
                        {"correlation_at_best", p.lead_lag.correlation[p.lead_lag.best]}, {"ratio", p.lead_lag.ratio}, {"blocks", p.lead_lag.blocks},
                        {"blocks_first_leads", p.lead_lag.blocks_first_leads}, {"p", p.lead_lag.p_value()}});
    }
    document["path"] = "Hayashi-Yoshida of mid prices over the last minutes in which anything was quoted";
    document["alignment"] = {{"rule", "none: ticks at times of their own, each pair of overlapping moves counts once both are complete"}};
    document["correlations"] = std::move(pairs);
    document["lead_lag"] = std::move(lags);
    for (const char* key : {"breaks", "structure"}) document[key] = {{"not_available", "measured on bars; name a timeframe from M1 on"}};
    return document;
}

std::size_t known_rows(const std::vector<double>& path, std::size_t pairs) {
    std::size_t known = 0;
    for (std::size_t i = 0; i + pairs <= path.size(); i += pairs)
        known += std::any_of(path.begin() + static_cast<std::ptrdiff_t>(i), path.begin() + static_cast<std::ptrdiff_t>(i + pairs), [](double v) { return std::isfinite(v); });
    return known;
}

std::string text(const CorrelationEstimate& e) {
    return e.known() ? fmt::format("{:+.3f} ({:+.3f} to {:+.3f})", e.value, e.low, e.high) : "not known";
}

void print_bars(const CorrelationRun& run) {
    using enum kit::Table::Align;
    const insight::CorrelationStudy& study = *run.study;
    const std::size_t pairs = study.pairs.size(), last = (study.rows.rows() - 1) * pairs;
    kit::Table table({{"pair", left}, {"correlation, 95 %", left}, {"n", right}, {"last", right}, {"likeliest break", left}, {"p", right}, {"lag, rows", right}});
    for (std::size_t p = 0; p < pairs; ++p) {
        const insight::PairStudy& pair = study.pairs[p];
        table.add({study.rows.names[pair.first] + " " + study.rows.names[pair.second], text(pair.whole), fmt::to_string(pair.whole.n),
                   std::isfinite(study.path[last + p]) ? fmt::format("{:+.3f}", study.path[last + p]) : "",
                   pair.cusum ? to_iso8601(study.rows.known[pair.cusum->row]).substr(0, 10) : "", pair.cusum ? fmt::format("{:.4f}", pair.cusum->p) : "",
                   fmt::to_string(pair.best_lag)});
    }
    fmt::print("{}\n", table.render());
    if (!run.dollar.links.empty()) {
        kit::Table dollar({{"with the dollar index", left}, {"whole", left}, {"own legs", left}, {"without them", left}, {"n", right}});
        for (const insight::DollarLink& d : run.dollar.links)
            dollar.add({d.instrument, text(d.with), fmt::format("{}", fmt::join(d.own_legs, " ")), d.own_legs.empty() ? "the same" : text(d.without), fmt::to_string(d.with.n)});
        fmt::print("{}\n", dollar.render());
    }
    if (run.risk)
        fmt::print("one row at {:.1f} %: VaR {:.0f} normal, {:.0f} historical; CVaR {:.0f} and {:.0f} {}\n\n", 100 * run.risk->confidence,
                   run.risk->risk.normal_var.total, run.risk->risk.historical_var.total, run.risk->risk.normal_cvar.total,
                   run.risk->risk.historical_cvar.total, run.command.account);
    for (const std::string& warning : study.warnings) fmt::print("warning: {}\n", warning);
}

void print_ticks(const insight::TickStudy& ticks) {
    using enum kit::Table::Align;
    kit::Table table({{"pair", left}, {"correlation", right}, {"± 95 %", right}, {"lag, s", right}, {"ratio", right}, {"p", right}});
    for (const insight::TickPair& p : ticks.pairs)
        table.add({ticks.names[p.first] + " " + ticks.names[p.second], fmt::format("{:+.3f}", p.whole.correlation()), fmt::format("{:.3f}", p.half_width),
                   fmt::format("{:g}", static_cast<double>(p.lead_lag.best_lag()) / 1e9), fmt::format("{:.2f}", p.lead_lag.ratio), fmt::format("{:.4f}", p.lead_lag.p_value())});
    fmt::print("{}\n", table.render());
}

}  // namespace

std::string correlation_json(const CorrelationRun& run) {
    const std::vector<double>& path = run.study ? run.study->path : run.ticks->path;
    const std::size_t rows = run.study ? run.study->rows.rows() : run.ticks->known.size();
    Json document{{"out", run.command.out}, {"symbols", run.names()}, {"timeframe", name(run.timeframe)}, {"rows", rows},
                  {"known", known_rows(path, insight::pair_count(run.names().size()))}, {"from", to_iso8601(run.first)}, {"to", to_iso8601(run.last)}};
    if (run.study) {
        Json pairs = Json::array();
        const std::size_t last = (rows - 1) * run.study->pairs.size();
        for (std::size_t p = 0; p < run.study->pairs.size(); ++p) {
            const insight::PairStudy& pair = run.study->pairs[p];
            Json row = estimate_json(pair.whole);
            row["first"] = run.names()[pair.first], row["second"] = run.names()[pair.second], row["last"] = path[last + p];
            pairs.push_back(std::move(row));
        }
        document["path"] = run.study->path_text;
        document["alignment"] = alignment_json(run.study->rows);
        document["correlations"] = std::move(pairs);
        document["lead_lag"] = lead_lag_json(*run.study);
        document["breaks"] = breaks_json(*run.study);
        document["structure"] = structure_json(*run.study);
        document["warnings"] = run.study->warnings;
    } else {
        document = ticks_json(*run.ticks, std::move(document));
    }
    document["dollar_index"] = dollar_json(run);
    document["risk"] = risk_json(run);
    if (!run.command.report.empty()) document["report"] = run.command.report + "/correlation.html";
    return document.dump(2);
}

void print_correlation(const CorrelationRun& run) {
    if (run.study)
        print_bars(run);
    else
        print_ticks(*run.ticks);
    if (!run.no_dollar.empty()) fmt::print("not available: the dollar index: {}\n", run.no_dollar);
    if (!run.no_risk.empty() && run.study) fmt::print("not available: risk: {}\n", run.no_risk);
    const std::size_t rows = run.study ? run.study->rows.rows() : run.ticks->known.size();
    fmt::print("{} rows of {} pairs in {}{}\n", rows, insight::pair_count(run.names().size()), run.command.out,
               run.command.report.empty() ? "; add --report DIR for the pictures" : ", pictures in " + run.command.report + "/correlation.html");
}

}  // namespace aitrading::apps
