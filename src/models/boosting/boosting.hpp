#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "models/boosting/hyper_parameters.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// Gradient boosting by XGBoost. Values are cast to float by the library; NaN is missing; values beyond the
/// float range are refused in training. Fits use one thread, stop at the best validation log loss and
/// continue from a warm start.
std::unique_ptr<Learner> make_learner(const XgboostParameters& parameters);

/// Gradient boosting by LightGBM. NaN is missing. Fits use one thread, stop at the best validation log loss
/// and continue from a warm start.
std::unique_ptr<Learner> make_learner(const LightgbmParameters& parameters);

/// Random forest by LightGBM in its forest mode on squared error: on labels 0 and 1 that is the Gini split,
/// and a leaf holds the share of label 1, as in Breiman's forest; both libraries' forests on log loss give
/// one Newton step instead, squeezed through the logistic curve. LightGBM rather than XGBoost: leaf-wise deep
/// trees, columns drawn at every split, and one tree an iteration, so that a stop is heard (XGBoost grows a
/// whole forest in one call). A forest does not overfit by more trees: validation rows are not used. A warm
/// start adds its trees to the given ones.
std::unique_ptr<Learner> make_learner(const RandomForestParameters& parameters);

/// By name (xgboost, lightgbm, random_forest) with `name=value` words over the defaults.
/// @errors usage: no such learner or parameter, value out of range
Result<std::unique_ptr<Learner>> make_learner(std::string_view name, std::string_view words = {});

/// xgboost, lightgbm, random_forest with defaults.
std::vector<std::unique_ptr<Learner>> tree_learners();

}  // namespace aitrading::models
