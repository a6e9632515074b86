#pragma once

#include <vector>

#include "domain/market.hpp"

namespace aitrading::models {

/// ln(close[t] / close[t-1]); the first is 0. @pre closes are positive
std::vector<double> log_returns(const BarColumns& bars);

/// sqrt(mean of the squares) of the `window` returns that end at a row; NaN before row `window`.
std::vector<double> realised_volatility(const std::vector<double>& returns, int window);

/// Natural logarithm, floored at half a price point of that bar's close: a bar without a move is small, not
/// -infinity.
double log_volatility(double volatility, const BarColumns& bars, std::size_t row);

/// Wilder's ATR as TA-Lib computes it: the mean of the true ranges 1..period, then (previous (period-1) +
/// range) / period; NaN before row `period`. In prices.
std::vector<double> wilder_atr(const BarColumns& bars, int period);

}  // namespace aitrading::models
