#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "domain/model.hpp"

namespace aitrading::insight {

/// A loss measure with what each position adds to it. Losses are above zero. The components sum up to the total (Euler: each
/// is value x the measure's slope in that value); one below zero hedges.
struct RiskMeasure {
    double total = 0;
    std::vector<double> component;  ///< [positions]
    double low = 0, high = 0;       ///< 95 % interval of the total
};

struct RiskOptions {
    double confidence = 0.95;  ///< 0.5 to below 1
};

/// Risk over one row (one bar) of positions that stay as they are.
struct PortfolioRisk {
    RiskMeasure normal_var, normal_cvar;          ///< jointly normal returns of mean zero
    RiskMeasure historical_var, historical_cvar;  ///< the portfolio over the rows as they were
    double volatility = 0;                        ///< of the portfolio, one row
    std::size_t rows = 0, tail_rows = 0;          ///< complete rows; those in the tail
    double diversification = 0;                   ///< sum of the lone normal VaRs by the portfolio's
};

/// Profit of each row with log returns: sum over positions of value x (exp(r) - 1). NaN where a return is missing.
std::vector<double> portfolio_profits(std::span<const double> value, MatrixView log_returns);

/// VaR and CVaR with components, over the rows in which every position has a return. With k = floor(rows x (1 - confidence)), at
/// least 1, worst rows the historical VaR is the k-th worst loss (its components are the positions' losses in that row: exact,
/// and noisy), the CVaR the mean loss of the k worst. Intervals: VaR by order statistics, CVaR by the spread of the losses beyond
/// it, the normal measures by the error of a standard deviation, sigma / sqrt(2 n).
/// Source: Rockafellar and Uryasev 2000; Tasche 1999 (Euler); Dowd 2001 (intervals).
/// @param value [columns] in one currency, below zero: sold
/// @errors usage (confidence), bad_input (fewer than 20 complete rows; a portfolio that never moves)   @complexity O(rows columns^2)
Result<PortfolioRisk> portfolio_risk(std::span<const double> value, MatrixView log_returns, const RiskOptions& options);

}  // namespace aitrading::insight
