#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace aitrading::models {

/// Where a value that is not there goes, and what counts as "not there".
enum class Missing : std::uint8_t {
    never,  ///< NaN is read as 0
    nan,    ///< NaN takes the default side
    zero,   ///< NaN and |x| <= ForestModel::zero_band take the default side
};

/// One split. The value goes left when it is below the threshold (see ForestModel::strict), missing ones by
/// default.
struct ForestSplit {
    std::uint32_t column = 0;
    double threshold = 0;
    Missing missing = Missing::nan;
    bool default_left = false;
    std::int32_t left = 0, right = 0;  ///< >= 0: split of that number; < 0: leaf number ~child
    double gain = 0;
};

/// Split 0 is the root; a tree without splits is the leaf 0.
struct ForestTree {
    std::vector<ForestSplit> splits;
    std::vector<double> leaves;
    std::vector<double> cover = {};  ///< [leaves] training rows (LightGBM) or their hessian (XGBoost) in it; empty: not known
};

/// How a margin becomes a probability.
enum class Link : std::uint8_t {
    logistic,        ///< 1 / (1 + exp(-sigmoid * margin)) in double (LightGBM)
    logistic_float,  ///< in float, as XGBoost computes it
    identity,        ///< the margin is the share of label 1, clipped to [0,1]
};

/// A tree model as its library wrote it, read into plain values.
struct ForestModel {
    std::size_t columns = 0;
    bool strict = false;    ///< left means x < threshold (XGBoost); else x <= threshold (LightGBM)
    bool single = false;    ///< inputs, thresholds and sums are floats (XGBoost)
    double zero_band = -1;  ///< |x| <= zero_band is read as 0 (LightGBM: 1e-35f); negative: nothing is
    double start = 0;       ///< margin before the first tree
    bool average = false;   ///< the margin is the mean of the trees rather than their sum
    Link link = Link::logistic;
    double sigmoid = 1;
    std::vector<ForestTree> trees;
};

/// Reads LightGBM's model text (version v4, one class, numerical splits, constant leaves; objectives binary
/// and regression).
/// @errors bad_input for anything else, naming the line or field. @complexity O(text)
Result<ForestModel> read_lightgbm_text(std::string_view text);

/// Reads XGBoost's model JSON (1.7: gbtree, binary:logistic, numerical splits).
/// @errors bad_input for anything else, naming the field. @complexity O(text)
Result<ForestModel> read_xgboost_json(std::string_view text);

/// Children exist and are reached exactly once, columns and numbers are in range, no tree is deeper than 256.
/// @errors bad_input naming tree and split
Result<void> check_forest(const ForestModel& model);

/// Share of the total gain by column; all zero where no split gained anything. [columns]
std::vector<double> gain_shares(const ForestModel& model);

}  // namespace aitrading::models
