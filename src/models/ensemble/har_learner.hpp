#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// `logistic_har`: logistic regression on the three HAR columns of a feature matrix (log volatility over 1, 5 and 20 days
/// against its trailing-year median). On volatility labels a well-fitted HAR beats most machines (specs, ml 1.1), so it
/// is a member of the ensemble, the one that a stack with few independent rows keeps to. A row with an unknown column is not learnt
/// from and gets the base rate.
/// @param names [columns] of the feature matrix   @errors not_found (a matrix without the HAR columns)
Result<std::unique_ptr<Learner>> make_har_learner(std::span<const std::string> names);

/// For `restore` only: the stored bytes know their columns.
std::unique_ptr<Learner> har_learner_for_restore();

}  // namespace aitrading::models
