#pragma once

#include <string>
#include <vector>

#include "domain/trade.hpp"
#include "report/facts.hpp"

namespace aitrading::report {

/// Whether the yearly Sharpe ratio after costs is above zero, below it, or not to be told from luck.
enum class Outcome { gain, loss, luck, unknown };
/// A gain also needs a deflated (or, for one trial, plain) probabilistic Sharpe ratio of 0.95 where one is known.
Outcome outcome_of(const RunResult& result);

/// One sentence: would this have made money after costs, how sure is that, and what to do.
std::string run_verdict(const RunResult& result);
/// Gross, costs and net in one sentence.
std::string run_explanation(const RunResult& result, const std::string& currency);

/// One sentence on a model against its base rate and the best baseline by log loss.
/// @param label as asked, e.g. "next_bar"
std::string evaluation_verdict(const std::string& label, const ModelPanel& model, const std::vector<ModelPanel>& all);

/// What one result of the demo means, from its interval: "About a coin: do not trade it." and the like.
std::string panel_advice(const Panel& panel);

}  // namespace aitrading::report
