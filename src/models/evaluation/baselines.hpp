#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"
#include "models/evaluation/splits.hpp"

namespace aitrading::models {

/// One baseline over all folds.
struct BaselinePredictions {
    std::string name;
    std::vector<double> p;  ///< chance of label 1, for the test entries of every split in turn
};

/// The baselines that apply to a label: majority always, reverse_last_bar for directional ones, har for
/// volatility. Each is fitted on a split's training labels only. @pre rows of the labels are rows of `bars`
/// @errors bad_input (no training label)
Result<std::vector<BaselinePredictions>> run_baselines(const BarColumns& bars, const LabelSet& labels,
                                                       std::span<const Split> splits);

/// The training labels' mean, with one imagined label of each kind.
BaselinePredictions majority_baseline(const LabelSet& labels, std::span<const Split> splits);
/// Always calls the opposite of the last bar's return, as surely as that was right in training (never below
/// 1/2 on its own side); the base rate where the last bar did not move. @param returns [rows] of the bar that
/// closes there
BaselinePredictions reverse_last_bar_baseline(const LabelSet& labels, std::span<const Split> splits,
                                              std::span<const double> returns);
/// Logistic regression (see logistic.hpp) on the features of har_features.
Result<BaselinePredictions> har_baseline(const BarColumns& bars, const LabelSet& labels,
                                         std::span<const Split> splits);

/// ln RV over the last 1, 5 and 20 days of bars against its trailing-year median, row-major [bars x 3]; known
/// at the bar's close, NaN before the warm-up. Bars per day from the timeframe (at least 1).
std::vector<double> har_features(const BarColumns& bars);

}  // namespace aitrading::models
