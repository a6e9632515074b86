#pragma once

#include <cstdint>

#include "report/demo_report.hpp"
#include "report/evaluation_report.hpp"
#include "report/model_card.hpp"
#include "report/regime_report.hpp"
#include "report/run_report.hpp"

namespace aitrading::report::sample {

// Made-up values in the shape of real ones, for tests and for looking at the pages. None was measured on a market.

/// Hourly bars of a random walk, weekdays only. @pre bars >= 1
BarColumns hourly_walk(std::size_t bars, std::uint64_t seed);
/// Trades of random direction on those bars, with costs.
RunResult random_trades(const BarColumns& bars, std::size_t trades, std::uint64_t seed);
/// Predictions that are right with probability `edge` at best.
ScoredBars noisy_predictions(const BarColumns& bars, double edge, std::uint64_t seed);
/// The figures that need only `bars`; the rest plausible.
Panel panel_of(const ScoredBars& bars, int horizon);

/// A path of regimes that changes every few bars, unknown at first.
std::vector<int> made_regimes(std::size_t bars, std::uint64_t seed);
RegimeReport regimes();
RunReport run(std::size_t bars = 9000);
EvaluationReport evaluation();
ModelCard card();
DemoReport demo();

}  // namespace aitrading::report::sample
