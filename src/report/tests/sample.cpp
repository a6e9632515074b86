#include "sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "report/interval.hpp"

namespace aitrading::report::sample {
namespace {

Price price(double value) { return Price::from_double(std::round(value * 1e5) / 1e5); }

ReliabilityBin bin_of(const ScoredBars& bars, double low, double high) {
    ReliabilityBin bin{low, high, 0, 0, 0};
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (bars.p_up[i] < low || bars.p_up[i] >= high) continue;
        ++bin.count;
        bin.predicted += bars.p_up[i];
        bin.observed += bars.y[i];
    }
    if (bin.count > 0) bin.predicted /= static_cast<double>(bin.count), bin.observed /= static_cast<double>(bin.count);
    return bin;
}

CoveragePoint point_of(const ScoredBars& bars, const std::vector<std::size_t>& by_confidence, double coverage) {
    CoveragePoint p;
    p.coverage = coverage;
    p.count = std::max<std::int64_t>(1, static_cast<std::int64_t>(coverage * static_cast<double>(bars.size())));
    for (std::int64_t i = 0; i < p.count; ++i) {
        const std::size_t at = by_confidence[static_cast<std::size_t>(i)];
        p.accuracy += (bars.p_up[at] > 0.5) == (bars.y[at] > 0.5F) ? 1 : 0;
        p.threshold = std::abs(bars.p_up[at] - 0.5);
    }
    p.accuracy /= static_cast<double>(p.count);
    const Interval band = wilson(p.accuracy, p.count);
    p.low = band.low;
    p.high = band.high;
    return p;
}

ModelPanel nudged(const Panel& panel, const char* name, double accuracy, bool baseline) {
    ModelPanel m{name, panel, baseline};
    m.panel.accuracy += accuracy;
    m.panel.accuracy_low += accuracy;
    m.panel.accuracy_high += accuracy;
    m.panel.log_loss -= accuracy * 0.05;
    m.panel.log_loss_skill += accuracy * 0.08;
    return m;
}

std::vector<FeatureShare> importance() {
    std::vector<FeatureShare> out;
    const char* names[] = {"return_1", "hour_of_day", "rsi(14)", "bollinger(20,2).lower_distance", "atr(14)", "h4.return_1", "macd.histogram", "d1.volatility_20"};
    for (int i = 0; i < 40; ++i) {
        const double share = 0.16 * std::pow(0.86, i);
        out.push_back({i < 8 ? names[i] : fmt::format("feature_{}", i), share, share * 0.8, share * 1.25, i < 30});
    }
    return out;
}

Provenance provenance(const char* command) {
    return {command, "made-up hourly bars (test sample)", "aitrading 0.1.0 (abcdef123456, Release)", "1", "0123456789abcdef", {{"Threads", "2; the result does not depend on it"}}};
}

}  // namespace

BarColumns hourly_walk(std::size_t bars, std::uint64_t seed) {
    SplitMix64 random(seed);
    BarColumns out;
    out.key = {"EURUSD", Timeframe::h1};
    out.reserve(bars);
    double level = 1.18;
    UnixNanos time = from_civil({.year = 2014, .month = 1, .day = 1});
    while (out.size() < bars) {
        if (weekday(time) < 5) {
            const double open = level;
            level = std::max(0.2, level * std::exp(0.0011 * random.next_normal() - 0.0005 * (level - 1.15)));
            const double reach = 0.0006 * std::abs(random.next_normal());
            out.append({time, price(open), price(std::max(open, level) + reach), price(std::min(open, level) - reach), price(level), {}});
        }
        time.value += nanos_per_hour;
    }
    return out;
}

RunResult random_trades(const BarColumns& bars, std::size_t trades, std::uint64_t seed) {
    SplitMix64 random(seed);
    RunResult r;
    r.strategy = "ema_cross(10,30)";
    r.series = bars.key;
    r.from = bars.time.front();
    r.to = bars.time.back();
    r.bars = static_cast<std::int64_t>(bars.size());
    r.cash = Money::from_double(10000);
    const std::size_t step = std::max<std::size_t>(2, bars.size() / (trades + 1));
    double equity = 10000, highest = equity;
    std::size_t bar = 1;
    for (std::size_t i = 0; i < trades && bar + step < bars.size(); ++i, bar += step) {
        Trade t;
        t.opened = bars.time[bar];
        t.closed = bars.time[bar + step - 1];
        t.side = random.next_uniform() < 0.5 ? Side::buy : Side::sell;
        t.quantity = Quantity::from_double(10000);
        t.entry = bars.open[bar];
        t.exit = bars.open[bar + step - 1];
        const double move = (t.exit.to_double() - t.entry.to_double()) * (t.side == Side::buy ? 1 : -1) * 10000;
        t.gross = Money::from_double(move);
        t.costs = Money::from_double(2.4);
        t.net = t.gross - t.costs;
        r.cost_parts.spread += Money::from_double(1);
        r.cost_parts.commission += Money::from_double(1.1);
        r.cost_parts.swap += Money::from_double(0.3);
        r.gross += t.gross;
        r.costs += t.costs;
        r.wins += t.net.raw > 0 ? 1 : 0;
        equity += t.net.to_double();
        highest = std::max(highest, equity);
        r.max_drawdown = std::max(r.max_drawdown, 1 - equity / highest);
        r.trade_list.push_back(t);
        r.daily.push_back({{t.closed.value / nanos_per_day * nanos_per_day}, Money::from_double(equity), 1 - equity / highest});
    }
    r.trades = static_cast<std::int64_t>(r.trade_list.size());
    r.fills = 2 * r.trades;
    r.net = r.gross - r.costs;
    r.final_equity = r.cash + r.net;
    r.sharpe = -1.02;
    r.sharpe_low = -1.93;
    r.sharpe_high = -0.18;
    r.gross_sharpe = 0.31;
    r.psr = 0.021;
    r.dsr = 0.004;
    r.min_track_record_years = Figure::unknown("the Sharpe ratio is not above zero");
    r.trials = 12;
    r.hash = "0123456789abcdef";
    r.notes = {"Signals on the close, fills at the next bar's open.", "Half of the spread is paid on each fill."};
    return r;
}

ScoredBars noisy_predictions(const BarColumns& bars, double edge, std::uint64_t seed) {
    SplitMix64 random(seed);
    ScoredBars out;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const double reach = edge * (to_civil(bars.time[i]).hour >= 19 ? 1.6 : 0.7);
        const double p = std::clamp(0.5 + reach * random.next_normal(), 0.02, 0.98);
        out.time.push_back(bars.time[i]);
        out.p_up.push_back(p);
        out.y.push_back(random.next_uniform() < p ? 1.0F : 0.0F);
    }
    return out;
}

Panel panel_of(const ScoredBars& bars, int horizon) {
    Panel p;
    p.n = static_cast<std::int64_t>(bars.size());
    p.from = bars.time.front();
    p.to = bars.time.back();
    p.horizon = horizon;
    std::vector<std::size_t> order(bars.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t i) { return std::abs(bars.p_up[i] - 0.5); });
    for (const double coverage : {1.0, 0.5, 0.2, 0.1, 0.05}) p.accuracy_at.push_back(point_of(bars, order, coverage));
    p.accuracy = p.accuracy_at[0].accuracy;
    p.accuracy_low = p.accuracy_at[0].low;
    p.accuracy_high = p.accuracy_at[0].high;
    const double ones = std::accumulate(bars.y.begin(), bars.y.end(), 0.0) / static_cast<double>(bars.size());
    p.majority_rate = std::max(ones, 1 - ones);
    p.interval = horizon > 1 ? "stationary block bootstrap, mean block 12" : "wilson";
    double loss = 0;
    for (std::size_t i = 0; i < bars.size(); ++i) loss -= std::log(bars.y[i] > 0.5F ? bars.p_up[i] : 1 - bars.p_up[i]);
    p.log_loss = loss / static_cast<double>(bars.size());
    p.log_loss_skill = 1 - p.log_loss / std::log(2.0);
    p.brier_skill = p.log_loss_skill * 1.1;
    p.roc_auc = 0.5 + (p.accuracy - 0.5) * 1.3;
    p.ece = 0.006;
    p.ece_noise_p95 = 0.011;
    p.p_value_vs_majority = 0.0004;
    p.net_sharpe_1x = -1.02;
    p.net_sharpe_2x = -3.4;
    p.gross_sharpe = 1.93;
    p.psr = 0.02;
    p.dsr = Figure::unknown("one trial only");
    p.min_track_record_years = Figure::unknown("the Sharpe ratio is not above zero");
    p.pbo = Figure::unknown("a single run has no parameter sets to compare");
    for (int i = 0; i < 20; ++i) p.reliability.push_back(bin_of(bars, i / 20.0, (i + 1) / 20.0));
    return p;
}

std::vector<int> made_regimes(std::size_t bars, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<int> out(bars, 0);
    for (std::size_t i = bars / 10; i < bars;) {
        const int regime = 1 + static_cast<int>(std::min(random.next_below(12), random.next_below(14)));
        for (std::size_t left = 3 + random.next_below(40); left > 0 && i < bars; --left) out[i++] = regime;
    }
    return out;
}

RegimeReport regimes() {
    RegimeReport report;
    report.series.prices = hourly_walk(9000, 7);
    report.series.regime = made_regimes(9000, 3);
    report.protocol = {"Twelve rules over features of closed bars, window 64 bars."};
    report.not_available = {"economic calendar: not stored; shocks are told by jumps alone"};
    report.provenance = provenance("aitrading regimes EURUSD H1 --report out");
    return report;
}

RunReport run(std::size_t bars) {
    RunReport report;
    report.prices = hourly_walk(bars, 7);
    report.regimes = {report.prices, made_regimes(bars, 9)};
    report.result = random_trades(report.prices, bars / 12, 11);
    report.predictions = noisy_predictions(report.prices, 0.05, 13);
    const Panel panel = panel_of(report.predictions, 1);
    report.panels = {{"lightgbm", panel, false}, nudged(panel, "xgboost", -0.004, false), nudged(panel, "reverse_last_bar", -0.012, true), nudged(panel, "majority", -0.03, true)};
    report.importance = importance();
    report.protocol = {"Walk-forward over 30 test folds of 1,000 bars; training expands; one bar is purged and 24 are left out around each fold.",
                       "Probabilities are calibrated on the last fifth of each training span, never on test bars."};
    report.sensitivity = {{"As stated", -1.02, -1.93, -0.18}, {"No costs at all", 0.31, -0.6, 1.2}, {"Spread doubled", -1.9, -2.8, -1.0},
                          {"Fill at the deciding close", Figure::unknown("not run"), {}, {}}};
    report.placebos = {{"shuffled blocks", 20000, 0.5021, 0.4894, 0.5106, true}, {"null market", 20000, 0.4978, 0.4894, 0.5106, true}, {"reversed features", 20000, 0.5043, 0.4894, 0.5106, true}};
    report.provenance = provenance("aitrading backtest EURUSD H1 --strategy 'ema_cross(10,30)' --spread 1.0pip --commission 7/lot --report out");
    return report;
}

EvaluationReport evaluation() {
    EvaluationReport report;
    const BarColumns bars = hourly_walk(30000, 3);
    report.series = "EURUSD H1";
    report.label = "next_bar";
    report.predictions = noisy_predictions(bars, 0.05, 5);
    SplitMix64 random(5);
    for (std::size_t i = 0; i < bars.size(); ++i) report.predictions.regime.push_back(1 + static_cast<int>(random.next_below(4)));
    const Panel panel = panel_of(report.predictions, 1);
    report.models = {{"lightgbm", panel, false}, nudged(panel, "xgboost", -0.006, false), nudged(panel, "random_forest", -0.011, false),
                     nudged(panel, "ensemble", 0.003, false), nudged(panel, "reverse_last_bar", -0.012, true), nudged(panel, "majority", 0.5 - panel.accuracy, true)};
    for (std::size_t fold = 0; fold < 30; ++fold) {
        const std::size_t from = fold * 1000, to = from + 999;
        const double accuracy = 0.525 + 0.016 * random.next_normal();
        report.folds.push_back({bars.time[from], bars.time[to], 1000, accuracy, 0.503 + 0.008 * random.next_uniform(), (accuracy - 0.51) * 0.1});
    }
    report.series_regimes = {bars, made_regimes(bars.size(), 4)};
    for (int k = 1; k <= 11; ++k) {
        const double a = 0.515 + 0.004 * k, half = 0.2 / (16 - k);
        report.regimes.push_back({k, 250 * (16 - k), 0.005 * (16 - k), a, a - half, a + half, 0.51 + 0.001 * k, 0.001 * (k - 5), 0.89 + 0.002 * k,
                                  0.1 * k, 0.5, 0.1 * k - 0.5, 0.1 * k - 0.9, 0.1 * k - 0.1});
    }
    report.importance = importance();
    for (int k = 0; k < 6; ++k) report.worth.push_back({"feature_" + std::to_string(k), 0.0012 - 0.0003 * k, 0.0008 - 0.0003 * k, 0.0016 - 0.0003 * k});
    report.cost_model = "spread 1.0 pip, commission 7 USD a lot";
    report.protocol = {"Purged walk-forward, 30 expanding folds of 1,000 bars, embargo 24 bars."};
    report.placebos = run(300).placebos;
    report.provenance = provenance("aitrading evaluate EURUSD H1 --label next_bar --models all --folds 30 --to 2018-02-01 --report out");
    return report;
}

ModelCard card() {
    EvaluationReport from = evaluation();
    ModelCard out;
    out.name = "eurusd<h1>";
    out.series = from.series;
    out.label = from.label;
    out.directional = from.directional;
    out.training_from = from.models.front().panel.from;
    out.training_end = from.models.front().panel.to;
    out.made_of = {{"Members", "xgboost, lightgbm"}, {"Calibration", "beta"}, {"Seed", "7"}};
    out.use = {"For EURUSD H1 and no other series."};
    out.limits = {"Markets change."};
    out.models = std::move(from.models);
    out.folds = std::move(from.folds);
    out.regimes = std::move(from.regimes);
    out.importance = std::move(from.importance);
    out.worth = std::move(from.worth);
    for (const char* name : {"rsi_14", "hour"}) {
        DependenceCurve c{name, {}, {}, {}, {}, 30, 70};
        for (int i = 0; i <= 10; ++i) {
            c.at.push_back(10 * i);
            c.p_up.push_back(0.53 - 0.005 * i);
            c.low.push_back(0.48 - 0.005 * i);
            c.high.push_back(0.57 - 0.005 * i);
        }
        out.dependence.push_back(std::move(c));
    }
    out.cost_model = from.cost_model;
    out.trials = 40;
    out.protocol = std::move(from.protocol);
    out.provenance = std::move(from.provenance);
    return out;
}

DemoReport demo() {
    DemoReport report;
    const BarColumns hourly = hourly_walk(9000, 3);
    const auto card = [&](const char* title, const char* subtitle, double edge, int horizon) {
        DemoCard c;
        c.title = title;
        c.subtitle = subtitle;
        c.model = "ensemble";
        c.panel = panel_of(noisy_predictions(hourly, edge, 17), horizon);
        return c;
    };
    report.cards = {card("EURUSD: up or down in the next hour?", "Hourly bars, 2017 to 2018; the market everybody watches.", 0.008, 1),
                    card("S&P 500: a stormier week than usual?", "Daily bars, 1999 to 2018; volatility of the next five days.", 0.24, 5),
                    card("A made-up market that can be predicted", "Strong synthetic market, where the best possible answer is known.", 0.36, 1)};
    report.cards[0].advice = "About a coin: do not trade it.";
    report.cards[1].rival = "har";
    report.cards[1].rival_accuracy = 0.661;
    report.cards[1].rival_log_loss = 0.6188;
    report.cards[2].optimum = 0.751;
    report.run = run(9000);
    report.run.panels.clear();
    report.run.predictions = {};
    report.run.importance.clear();
    report.next = {{"aitrading data import FILE", "your own MT5, HistData or Dukascopy file"}, {"aitrading evaluate SYMBOL H1 --label next_bar --models all --report out", "the same judgement on it"}};
    report.provenance = provenance("aitrading demo");
    return report;
}

}  // namespace aitrading::report::sample
