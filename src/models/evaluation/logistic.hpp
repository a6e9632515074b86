#pragma once

#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"

namespace aitrading::models {

/// Weighted logistic regression with an intercept, columns standardised by the training rows, ridge on all
/// but the intercept: minimises sum w_i logloss_i + ridge/2 sum b_j^2 by damped Newton steps (standardised
/// coefficients).
struct LogisticModel {
    double intercept = 0;
    std::vector<double> coefficients;  ///< [columns] for columns as given
    double predict(std::span<const double> row) const;
};
/// @errors bad_input (no rows, one class only, a value that is not finite: names row and column)
/// @complexity O(iterations rows columns^2)
Result<LogisticModel> fit_logistic(MatrixView x, std::span<const float> y, std::span<const double> weight,
                                   double ridge = 1.0);

}  // namespace aitrading::models
