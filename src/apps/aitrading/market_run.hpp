#pragma once

#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "domain/model.hpp"
#include "market/simulator/market_table.hpp"
#include "models/ensemble/pipeline.hpp"
#include "report/facts.hpp"

namespace aitrading::apps {

/// `evaluate --market`: one fit on the first rows of a table, predictions for each of the next rows.
struct MarketRun {
    market::MarketTable table;
    FeatureMatrix features;
    LabelSet labels;
    models::PipelineResult pipeline;
    std::vector<report::ModelPanel> panels;  ///< the ensemble first
    std::vector<std::string> protocol;
};

/// Whom a market run fits.
struct MarketMembers {
    std::vector<std::string> models;  ///< see member_names; with a group or none markov_switching stands beside them
    std::string device = "cpu";       ///< where nets are trained
    models::FormOptions form;         ///< what validation may make the stack of
};

/// @errors bad_input (fewer rows than asked for, a field that is no number), usage, interrupted
Result<MarketRun> run_market(const std::string& file, std::size_t train, std::size_t test,
                             const MarketMembers& members, const Context& context);
/// The same on a table in memory.
Result<MarketRun> run_market(market::MarketTable table, const std::string& name, std::size_t train, std::size_t test,
                             const MarketMembers& members, const Context& context);

/// `t,p_up,p_low,p_high,low,high,regime,<one column per model>`; p_up at t speaks of the sign of r_bp at t+1.
std::string market_predictions_csv(const MarketRun& run);

}  // namespace aitrading::apps
