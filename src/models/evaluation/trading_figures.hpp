#pragma once

#include "models/evaluation/panel.hpp"

namespace aitrading::models {

/// What sign(p - 1/2), one unit a bar, earned and cost on each bar, opened from flat and closed at the end.
/// @pre the trading columns of the input have its length
struct TradingTrack {
    std::vector<double> gross_bp, cost_bp;  ///< [entries]
    double traded = 0;                      ///< units
};
TradingTrack track_trading(const PanelInput& input);

/// Fills the figures of trading sign(p - 1/2), one unit a bar: Sharpe ratios of the daily (UTC) sums times
/// sqrt(252), gross and net of 1x and 2x costs; PSR, DSR and the minimum track record of the net daily
/// returns; greatest drawdown of the compounded net equity; units traded a trading day. The position is
/// opened from flat and closed at the end. Unknown, with a reason, for labels without a direction or fewer
/// than 20 trading days.
void judge_trading(const PanelInput& input, Panel& panel);

}  // namespace aitrading::models
