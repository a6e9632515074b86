#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "models/evaluation/panel.hpp"

namespace aitrading::models {

/// Mean in basis points a bar with its 95 % interval by the bars' spread.
struct MeanBp {
    double mean = 0, low = 0, high = 0;
};

/// How one model did on the bars of one regime.
struct RegimePanel {
    int regime = 0;
    double share = 0;         ///< of all bars judged
    Panel panel;              ///< of these bars alone; its trading figures are unknown
    Figure interval_coverage; ///< share of targets inside their 90 % interval
    bool traded = false;      ///< gross, cost and net are known
    MeanBp gross, cost, net;  ///< of the position that sign(p - 1/2) holds over all bars, on these ones
};

struct RegimePanelInput {
    PanelInput all;                        ///< what the panel of all bars was made of
    std::span<const int> regime;           ///< [entries] 1.., 0 = not known: left out
    std::span<const double> low, high;     ///< [entries] interval of the target, NaN where none; or empty
    std::span<const double> target;        ///< [entries] or empty
};

/// A panel for each regime that has at least two bars, by number. Intervals as in compute_panel, on these bars alone.
/// @errors bad_input (as compute_panel, or columns of another length)   @complexity that of compute_panel
Result<std::vector<RegimePanel>> panel_by_regime(const RegimePanelInput& input, const PanelOptions& options = {});

/// An array of objects: regime, name, n, share, accuracy, accuracy_ci95, interval, majority_rate, log_loss, log_loss_skill,
/// p_value_vs_majority, interval_coverage, gross_bp, cost_bp, net_bp, net_bp_ci95; null with a reason where not known.
/// @param names [regimes + 1] by number
std::string regime_panels_json(std::span<const RegimePanel> panels, std::span<const std::string_view> names);

}  // namespace aitrading::models
