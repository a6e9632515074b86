#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"
#include "models/evaluation/splits.hpp"

namespace aitrading::models {

/// Shares of the bars, most confident first, at which accuracy is told.
inline constexpr std::array panel_coverages{1.0, 0.5, 0.2, 0.1, 0.05};

/// Confidence |p - 1/2| from which on a bar counts at each coverage, known before its fold was predicted.
struct FrozenThresholds {
    std::vector<int> fold;  ///< [entries]
    std::vector<std::array<double, panel_coverages.size()>>
        by_fold;  ///< NaN: not known, the fold does not take part
};
/// Quantiles of the confidence of all earlier folds' predictions; the first fold takes those of `validation`,
/// its own held-out slice (empty: the first fold only counts at full coverage). @pre fold is non-decreasing,
/// from 0
FrozenThresholds freeze_thresholds(std::span<const int> fold, std::span<const double> p,
                                   std::span<const double> validation);

/// What trading the sign of p - 1/2 earned. All empty for labels without a direction.
struct TradingInput {
    std::span<const double>
        return_bp;  ///< [entries] what one unit held from this bar's close until the next entry
    std::span<const double>
        cost_bp;  ///< [entries] cost of trading one unit at this bar's close: half spread + fees
    std::span<const UnixNanos> realised;  ///< [entries] when that return is known; its UTC day collects it
};

/// Everything the panel needs, one entry per tested label in time order; spans of one length.
struct PanelInput {
    std::span<const float> y;
    std::span<const double> p;                ///< chance of label 1
    std::span<const double> base_rate;        ///< chance of label 1 as known at that bar (trailing_base_rate)
    std::span<const std::uint32_t> row, end;  ///< label spans
    std::span<const UnixNanos> time;          ///< opening times of the bars
    int horizon = 1;
    bool directional = true;
    double coverage = 1;                           ///< share of the bars that got a prediction
    const FrozenThresholds* thresholds = nullptr;  ///< none: accuracy only at full coverage
    TradingInput trading;
    std::int64_t trials = 1;  ///< configurations tried on these bars (ledger)
    double trial_deviation =
        0;  ///< sd of the trials' daily Sharpe ratios; 0: the sampling error under the null
    Figure pbo = Figure::unknown("one configuration was run; PBO compares many");
};

struct PanelOptions {
    std::uint64_t seed = 1;
    int resamples = 2000;  ///< of the stationary block bootstrap, for overlapping labels
    int ece_simulations = 400;
    int bins = 15;
};

/// The panel of ml.md 1.5. Labels overlap where one entry's span reaches past the next entry's row; then
/// - the interval of the accuracy is a stationary block bootstrap (block: Politis-White, at least the
/// horizon),
///   the p-value against the majority class comes from the same resamples, Pesaran-Timmermann is not
///   computed, and the ECE's noise floor draws labels that share the noise of the bars they share.
/// Otherwise Wilson, exact one-sided binomial, and independent draws. A bar is called 1 where p > 1/2.
/// Deterministic for a seed. @errors bad_input (no entry, lengths differ, p outside [0,1], not in time order)
/// @complexity O(n log n + simulations n)
Result<Panel> compute_panel(const PanelInput& input, const PanelOptions& options = {});

/// Mean of the labels known at each entry's row (end <= row), all labels of the set counting, with one
/// imagined label of each kind. [entries] @complexity O(labels log labels)
std::vector<double> trailing_base_rate(const LabelSet& labels, std::span<const std::uint32_t> entries);

/// How much of the exact filter's edge a model has, without label noise: sum of |2 p - 1| where both call the
/// same side, minus where they differ, over the whole sum; p from the exact filter.
struct EdgeShare {
    double share = 0;
    double agreement = 0;         ///< share of bars on which both call the same side
    double bayes_accuracy = 0.5;  ///< mean of max(p, 1-p)
};
EdgeShare edge_share(std::span<const double> p_model, std::span<const double> p_exact);

}  // namespace aitrading::models
