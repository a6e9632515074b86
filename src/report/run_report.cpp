#include "report/run_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/format.hpp"
#include "report/model_pictures.hpp"
#include "report/prediction_maps.hpp"
#include "report/provenance.hpp"
#include "report/regime_pictures.hpp"
#include "report/run_pictures.hpp"
#include "report/trade_maps.hpp"
#include "report/verdict.hpp"

namespace aitrading::report {
namespace {

std::string currency_of(const RunReport& report) {
    return report.currency.empty() ? quote_currency(report.result.series.symbol) : report.currency;
}

std::string why_no_model(const RunReport& report) {
    return report.reason_without_model.empty() ? "The strategy is a fixed rule: it states no probability that could be checked."
                                               : report.reason_without_model;
}

void add_equity(Page& page, const RunReport& report, const std::string& currency) {
    page.section("Equity and drawdown");
    if (report.result.daily.empty()) {
        page.missing("Equity", "The run holds no whole day.");
        return;
    }
    page.picture(equity_picture(report.result, currency));
    const MonthlyReturns months = monthly_returns(report.result);
    page.table(months.table, months.title, months.subtitle);
}

void add_knowledge(Page& page, const RunReport& report) {
    page.section("What the models knew");
    if (report.panels.empty()) {
        page.missing("Reliability and accuracy against coverage", why_no_model(report));
        return;
    }
    const ModelPanel& traded = report.panels.front();
    std::vector<Picture> pair;
    if (traded.panel.reliability.empty())
        page.missing("Reliability", "The panel of " + traded.name + " holds no bins.");
    else
        pair.push_back(reliability_picture(traded.name, traded.panel));
    if (traded.panel.accuracy_at.empty())
        page.missing("Accuracy against coverage", "The panel of " + traded.name + " holds no coverage points.");
    else
        pair.push_back(coverage_picture(traded.name, traded.panel));
    page.pictures(pair);
    page.picture(accuracy_picture(report.panels));
    page.table(panel_table(report.panels), "The whole panel");
    if (report.importance.empty())
        page.missing("Feature importance", "The traded model keeps none.");
    else
        page.picture(importance_picture(report.importance));
}

void add_places(Page& page, const RunReport& report, const std::string& currency) {
    page.section("Where it worked");
    std::vector<Picture> maps = trade_maps(report.result.trade_list, report.result.trades, currency);
    if (report.predictions.size() > 0) {
        const int horizon = report.panels.empty() ? 1 : report.panels.front().panel.horizon;
        std::ranges::move(prediction_maps(report.predictions, horizon > 1), std::back_inserter(maps));
    }
    for (const Picture& p : maps) page.picture(p);
    if (maps.empty()) page.missing("Hour and weekday", "No hour of the week holds five trades.");
}

void add_regimes(Page& page, const RunReport& report, const std::string& currency) {
    page.section("The regimes it traded in");
    if (!report.regimes.known()) {
        page.missing("Regimes", "No regime is known for these bars: the rules need about 1,350 bars before the first, and a report tells them of at most a million.");
        return;
    }
    const std::vector<Picture> maps = regime_trade_maps(report.result.trade_list, report.regimes, currency);
    for (const Picture& p : maps) page.picture(p);
    if (maps.empty()) page.missing("Profit by regime", "No trade was opened where a regime is known.");
    add_regime_pictures(page, report.regimes);
}

void add_costs(Page& page, const RunReport& report, const std::string& currency) {
    page.section("What it cost");
    if (report.result.trades == 0)
        page.missing("Costs", "No trade was made.");
    else
        page.picture(waterfall_picture(report.result, currency));
}

std::string trials_sentence(const RunReport& report) {
    if (!report.trials_text.empty()) return report.trials_text;
    return report.result.trials <= 1 ? "This one set of parameters was run; nothing was chosen among several."
                                     : fmt::format("{} sets of parameters were tried before this one was shown; the deflated Sharpe ratio pays for that.",
                                                   grouped(report.result.trials));
}

std::string share_or_reason(const Figure& f) {
    return f.value ? percent(*f.value) : "not available: " + (f.reason.empty() ? std::string("not computed") : f.reason);
}

void add_doubts(Page& page, const RunReport& report) {
    const RunResult& r = report.result;
    page.section("What could be wrong");
    page.terms({{"Trials", trials_sentence(report)},
                {"Probability of a true Sharpe ratio above zero", share_or_reason(r.psr)},
                {"… deflated for the trials", share_or_reason(r.dsr)},
                {"Probability of backtest overfitting (PBO)", share_or_reason(report.pbo)},
                {"Shortest track record that would prove it",
                 r.min_track_record_years.value ? number(*r.min_track_record_years.value, 1) + " years"
                                                : share_or_reason(r.min_track_record_years)}});
    if (report.sensitivity.empty())
        page.missing("Sensitivity", "No run under changed assumptions was made.");
    else
        page.picture(sensitivity_picture(report.sensitivity, "Sharpe ratio a year, after costs"));
    if (report.placebos.empty())
        page.missing("Placebos", "They test models; run `aitrading evaluate` for them.");
    else
        page.picture(placebo_picture(report.placebos));
}

DataTable trade_table(const RunResult& r, int digits) {
    DataTable table;
    table.columns = {{"Opened (UTC)"}, {"Closed (UTC)"}, {"Side"}, {"Units", true}, {"Entry", true}, {"Exit", true}, {"Gross", true}, {"Costs", true}, {"Net", true}};
    constexpr std::size_t most = 200;
    const std::size_t from = r.trade_list.size() > most ? r.trade_list.size() - most : 0;
    for (std::size_t i = r.trade_list.size(); i-- > from;) {
        const Trade& t = r.trade_list[i];
        table.rows.push_back({t.opened, t.closed, t.side == Side::buy ? "long" : "short", number(t.quantity.to_double(), 0),
                              number(t.entry.to_double(), digits), number(t.exit.to_double(), digits), signed_number(t.gross.to_double(), 2),
                              number(t.costs.to_double(), 2), Cell(signed_number(t.net.to_double(), 2), t.net.raw >= 0 ? "gain" : "loss")});
    }
    table.remark = fmt::format("Latest first; {} of {} trades.", grouped(static_cast<std::int64_t>(table.rows.size())), grouped(r.trades));
    return table;
}

void add_trades(Page& page, const RunReport& report, const std::string& currency) {
    const RunResult& r = report.result;
    page.section("Trades");
    if (report.prices.size() == 0)
        page.missing("Price with trades", "The report was made without its bars.");
    else
        page.picture(price_picture(r, report.prices, currency));
    if (r.trade_list.empty()) {
        page.missing("Trade list", r.trades == 0 ? "No trade was made." : "The run kept no list of its trades.");
        return;
    }
    Picture close_up;
    const bool covered = report.prices.size() > 0 && r.trade_list.back().opened >= report.prices.time.front() &&
                         r.trade_list.back().opened <= report.prices.time.back();
    if (covered) {
        close_up = close_up_picture(r, report.prices, currency);
        close_up.table = trade_table(r, report.prices.digits);
        page.picture(close_up);
    } else {
        page.table(trade_table(r, 5), "The last trades");
    }
}

}  // namespace

std::string quote_currency(const std::string& symbol) {
    const bool pair = symbol.size() == 6 && std::ranges::all_of(symbol, [](char c) { return c >= 'A' && c <= 'Z'; });
    return pair ? symbol.substr(3) : "";
}

std::vector<KeyFigure> run_figures(const RunReport& report) {
    const RunResult& r = report.result;
    const std::string currency = currency_of(report), tone = r.net.raw > 0 ? "gain" : r.net.raw < 0 ? "loss" : "";
    std::vector<KeyFigure> out;
    const double half = profit_half_width(r);
    out.push_back({currency.empty() ? "Net result" : "Net result, " + currency, signed_number(r.net.to_double(), half >= 10 ? 0 : 2),
                   std::isfinite(half) ? fmt::format("± {}, 95 % by its daily swings", number(half, half >= 10 ? 0 : 2)) : "no interval: fewer than two days", tone});
    const bool band = r.sharpe_low.value && r.sharpe_high.value;
    const int digits = band ? digits_for((*r.sharpe_high.value - *r.sharpe_low.value) / 2) : 2;
    out.push_back({"Sharpe ratio a year", r.sharpe.value ? signed_number(*r.sharpe.value, digits) : "n/a",
                   band ? "95 % interval " + interval(*r.sharpe_low.value, *r.sharpe_high.value, digits)
                        : (r.sharpe.value ? r.sharpe_low.reason : r.sharpe.reason), r.sharpe.value ? tone : ""});
    if (!report.panels.empty()) {
        const Panel& p = report.panels.front().panel;
        out.push_back({"Accuracy", percent(p.accuracy), fmt::format("{} to {}; base rate {}", percent(p.accuracy_low), percent(p.accuracy_high), percent(p.majority_rate))});
    }
    out.push_back({"Deepest drawdown", percent(-std::abs(r.max_drawdown)), "below the highest equity; one path, so no interval"});
    const Interval wins = r.trades > 0 ? wilson(static_cast<double>(r.wins) / static_cast<double>(r.trades), r.trades) : Interval{};
    out.push_back({"Trades", grouped(r.trades), r.trades > 0 ? fmt::format("{} to {} of them won", percent(wins.low, 0), percent(wins.high, 0)) : "none"});
    const Figure chance = r.dsr.value ? r.dsr : r.psr;
    const bool gain = r.net.raw >= 0;
    out.push_back({gain ? "Probability it is luck" : "Chance of a true edge",
                   chance.value ? percent(gain ? 1 - *chance.value : *chance.value) : "n/a",
                   chance.value ? (r.dsr.value ? fmt::format("deflated for {}", counted(r.trials, "trial", "trials")) : "true Sharpe above zero; one trial")
                                : chance.reason});
    return out;
}

void add_run_sections(Page& page, const RunReport& report) {
    const std::string currency = currency_of(report);
    add_equity(page, report, currency);
    add_knowledge(page, report);
    add_places(page, report, currency);
    add_regimes(page, report, currency);
    add_costs(page, report, currency);
    add_doubts(page, report);
    add_trades(page, report, currency);
}

std::string render_run_report(const RunReport& report) {
    const RunResult& r = report.result;
    const std::string kicker = fmt::format("Back-test report · {} to {} · {} bars{}", date(r.from), date(r.to), grouped(r.bars),
                                           r.ticks > 0 ? ", " + grouped(r.ticks) + " ticks" : "");
    Page page(fmt::format("{} on {}", r.strategy, to_string(r.series)), kicker, source_line(report.provenance, to_string(r.series)),
              report.provenance.command_line);
    page.verdict(run_verdict(r), run_explanation(r, currency_of(report)));
    page.figures(run_figures(report));
    add_run_sections(page, report);
    std::vector<std::string> protocol = report.protocol;
    protocol.insert(protocol.end(), r.notes.begin(), r.notes.end());
    Provenance provenance = report.provenance;
    if (provenance.hash.empty()) provenance.hash = r.hash;
    add_protocol(page, protocol, provenance);
    return page.finish();
}

}  // namespace aitrading::report
