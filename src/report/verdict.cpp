#include "report/verdict.hpp"

#include <fmt/format.h>

#include <cmath>

#include "report/format.hpp"

namespace aitrading::report {
namespace {

constexpr double sure_enough = 0.95;

/// Probability that the true Sharpe ratio is above zero, deflated for the trials where that is known.
Figure chance_of_edge(const RunResult& r) { return r.dsr.value ? r.dsr : r.psr; }

std::string sharpe_text(const RunResult& r) {
    const double sharpe = *r.sharpe.value;
    if (!r.sharpe_low.value || !r.sharpe_high.value) return number(std::abs(sharpe), 2);
    return number(std::abs(sharpe), digits_for((*r.sharpe_high.value - *r.sharpe_low.value) / 2));
}

std::string evidence(const RunResult& r) {
    const int digits = digits_for((*r.sharpe_high.value - *r.sharpe_low.value) / 2);
    std::string text = fmt::format("95 % interval {}, {}", interval(*r.sharpe_low.value, *r.sharpe_high.value, digits),
                                   counted(r.trades, "trade", "trades"));
    if (r.trials > 1) text += fmt::format(", best of {} tried", grouped(r.trials));
    return text;
}

const ModelPanel* best_baseline(const ModelPanel& model, const std::vector<ModelPanel>& all) {
    const ModelPanel* best = nullptr;
    for (const ModelPanel& m : all)
        if (m.baseline && m.name != model.name && std::isfinite(m.panel.log_loss) && (best == nullptr || m.panel.log_loss < best->panel.log_loss))
            best = &m;
    return best;
}

std::string net_sharpe_clause(const Panel& p) {
    if (!p.net_sharpe_1x.value) return "";
    const double net = *p.net_sharpe_1x.value;
    if (net <= 0) return fmt::format(" After costs it would have lost {} Sharpe a year: do not trade it.", number(-net, 2));
    return fmt::format(" After costs a Sharpe ratio of {} a year is left: see how sure that is below.", number(net, 2));
}

}  // namespace

Outcome outcome_of(const RunResult& r) {
    if (r.trades == 0 || !r.sharpe.value || !r.sharpe_low.value || !r.sharpe_high.value) return Outcome::unknown;
    if (*r.sharpe_high.value < 0) return Outcome::loss;
    if (*r.sharpe_low.value <= 0) return Outcome::luck;
    const Figure chance = chance_of_edge(r);
    return chance.value && *chance.value < sure_enough ? Outcome::luck : Outcome::gain;
}

std::string run_verdict(const RunResult& r) {
    if (r.trades == 0) return "No trade was made: there is nothing to judge.";
    const char* would = r.net.raw >= 0 ? "made money" : "lost money";
    if (!r.sharpe.value)
        return fmt::format("After costs this would have {}; how sure that is cannot be said: {}.", would,
                           r.sharpe.reason.empty() ? "no Sharpe ratio was computed" : r.sharpe.reason);
    const std::string head = fmt::format("After costs this would have {} {} Sharpe a year",
                                         *r.sharpe.value >= 0 ? "made" : "lost", sharpe_text(r));
    if (!r.sharpe_low.value || !r.sharpe_high.value)
        return fmt::format("{} ({}); how sure that is cannot be said: {}.", head, counted(r.trades, "trade", "trades"),
                           r.sharpe_low.reason.empty() ? "no interval was computed" : r.sharpe_low.reason);
    const std::string full = fmt::format("{} ({})", head, evidence(r));
    switch (outcome_of(r)) {
        case Outcome::loss: return full + ": do not trade it.";
        case Outcome::gain:
            if (!r.cautions.empty()) return full + ", but not by trading: " + r.cautions.front();
            return full + ": more than luck explains. Try it on paper before money.";
        case Outcome::luck:
        case Outcome::unknown: break;
    }
    if (*r.sharpe_low.value > 0)
        return fmt::format("{}, but with all that was tried the probability that it is luck is {}: do not trust it yet.", full,
                           percent(1 - *chance_of_edge(r).value));
    if (!r.cautions.empty()) return full + ": that cannot be told from luck. " + r.cautions.front();
    return full + ": that cannot be told from luck.";
}

std::string run_explanation(const RunResult& r, const std::string& currency) {
    if (r.trades == 0) return fmt::format("{} bars were seen and no order was filled.", grouped(r.bars));
    return fmt::format("Before costs it {} {}, costs took {}: a net {} of {} on an account of {}, from {} to {}.",
                       r.gross.raw >= 0 ? "gained" : "lost", money(Money{std::abs(r.gross.raw)}, currency), money(r.costs, currency),
                       r.net.raw >= 0 ? "profit" : "loss", money(Money{std::abs(r.net.raw)}, currency), money(r.cash, currency), date(r.from), date(r.to));
}

std::string evaluation_verdict(const std::string& label, const ModelPanel& model, const std::vector<ModelPanel>& all) {
    const Panel& p = model.panel;
    if (p.n == 0) return "No bar was scored: there is nothing to judge.";
    const bool beats_rate = p.accuracy_low > p.majority_rate, below_rate = p.accuracy_high < p.majority_rate;
    std::string text = fmt::format("{} is right on {} of bars ({}; 95 % interval {} to {}, n = {}), the more frequent answer on {}",
                                   model.name, percent(p.accuracy), label, percent(p.accuracy_low), percent(p.accuracy_high),
                                   grouped(p.n), percent(p.majority_rate));
    if (below_rate) return text + ": worse than knowing nothing.";
    const ModelPanel* rival = best_baseline(model, all);
    const bool rival_wins = rival != nullptr && rival->panel.log_loss < p.log_loss;
    if (!beats_rate) text += ": that cannot be told from knowing only the base rate.";
    else if (p.log_loss_skill <= 0) text += ", but its probabilities are worse than the constant's: calibrate before use.";
    else text += fmt::format(": a real {}edge.", p.log_loss_skill < 0.01 ? "but small " : "");
    if (rival_wins && rival->panel.log_loss_skill > 0) text += fmt::format(" The baseline {} does better in log loss: use that.", rival->name);
    return text + net_sharpe_clause(p);
}

std::string panel_advice(const Panel& p) {
    if (p.n == 0) return "No bar was scored.";
    if (p.accuracy_low <= p.majority_rate && p.accuracy_high >= p.majority_rate)
        return "Cannot be told from the base rate: do not trade it.";
    if (p.accuracy_high < p.majority_rate) return "Worse than the base rate: do not use it.";
    if (p.net_sharpe_1x.value && *p.net_sharpe_1x.value <= 0) return "A real edge, and smaller than the costs: do not trade it.";
    if (p.log_loss_skill <= 0) return "More often right than the base rate, with probabilities that do not help: calibrate before use.";
    return p.accuracy - p.majority_rate < 0.03 ? "A real but small edge." : "A real edge over the base rate.";
}

}  // namespace aitrading::report
