#pragma once

#include "report/correlation_report.hpp"

namespace aitrading::report {

/// Every pair as a cell, alike markets beside each other; outlined where the interval leaves zero out.
Picture correlation_matrix_picture(const CorrelationReport& report);
/// One small chart for each pair with its band, all on one axis; at most twelve, the pairs that changed most.
Picture correlation_paths_picture(const CorrelationReport& report);
/// Correlation at shifted clocks, one small chart for each pair; at most six, the pairs with the strongest link.
Picture lead_lag_picture(const CorrelationReport& report);
/// The minimum spanning tree, its root in the middle of the tree, one row a market.
Picture market_tree_picture(const CorrelationReport& report);
/// Instruments beside the dollar index with and without their own legs, intervals drawn.
Picture dollar_picture(const CorrelationReport& report);
/// What the positions would have made in each episode.
Picture stress_picture(const CorrelationReport& report);
/// Parts of the portfolio's risk.
Picture risk_picture(const CorrelationReport& report);

/// "EURUSD and GBPUSD"
std::string pair_name(const CorrelationReport& report, const CorrelationPair& pair);
/// "+0.62 (+0.60 to +0.64)", "n/a" where not known.
std::string correlation_text(const CorrelationValue& value);

}  // namespace aitrading::report
