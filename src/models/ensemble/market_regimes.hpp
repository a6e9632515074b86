#pragma once

#include <memory>
#include <span>

#include "models/ensemble/market_features.hpp"
#include "models/ensemble/switching_columns.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// Regimes of a market table: filtered posteriors of a Markov-switching regression (insight/regimes) of r on 1, x,
/// tanh(r/5) and dxy of the bar before, with log volume and log spread beside it, and its probability that the next return
/// is above zero. Columns regime_p(1) … regime_p(12), markov_switching.
class MarketRegimes final : public SwitchingColumns {
  public:
    static constexpr std::size_t states = 12;
    /// Column of the member's probability in the matrix that members see.
    static constexpr std::size_t forecast_column = MarketFeatures::columns + states;

    /// @param bars of the whole table, copied column by column
    explicit MarketRegimes(std::span<const MarketBar> bars);
};

/// The member `markov_switching`, which says what a column of the matrix says.
std::unique_ptr<Learner> make_markov_switching_member(std::size_t forecast_column = MarketRegimes::forecast_column);

/// 1 to 12: the most likely state of a row of a market table's learnt columns, an arbitrary number per fitted state.
int regime_number(std::span<const double> learnt_row);

}  // namespace aitrading::models
