#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace aitrading::models {

/// What is to be explained.
struct Answer {
    double p_up = 0.5;
    int regime = -1;                   ///< by rule, as known at the row (StreamPlace); -1: none was told
    std::span<const double> mix = {};  ///< [members, then the stack] OnlineWeights::weights() of the answer; empty: as training left them
};

/// Why an ensemble answered as it did, in the logit of its calibrated probability:
///   logit = base + the sums over columns and members + earlier + disagreement.
///
/// Each member's contributions (Classifier::explain) times its weight in the stack at this row; a regime's posterior is
/// worth what its own weights add to an average row; disagreement is a reason of its own. The calibration map g bends all
/// alike: (g(z) - g(z0)) / (z - z0), z the stacked logit and z0 that of a row that says nothing (the rescale rule of DeepLIFT,
/// Shrikumar et al. 2017), so that nothing is left over. Where the answer follows the series it is a mix of the stack and of
/// each member by itself: their reasons are mixed by the same weights, in probabilities, and taken back to the logit alike.
struct Explanation {
    double logit = 0;            ///< of the answer
    double base = 0;             ///< of a row that says nothing, in this regime and mix
    std::vector<double> column;  ///< [columns]
    std::vector<double> member;  ///< [members] of those that cannot be taken apart, else 0
    double earlier = 0;          ///< of bars before the rows that were looked at, and of values that are not known
    double disagreement = 0;     ///< of the members with each other
    double gap = 0;              ///< logit of what the members' reasons add up to, less `logit`, before it was spread
    double residual = 0;         ///< greatest error of integrated gradients before it was spread, in the stacked logit
    std::uint64_t untold = 0;    ///< bit m: member m has a part in the answer and tells neither reasons nor what it says; `earlier` holds the part
    bool flat = false;           ///< the calibration map answers the same for other scores: no column moved the answer
};

}  // namespace aitrading::models
