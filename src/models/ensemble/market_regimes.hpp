#pragma once

#include <span>
#include <vector>

#include "models/ensemble/learnt_columns.hpp"
#include "models/ensemble/market_features.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::models {

/// Regimes of a market table: filtered posteriors of a Markov-switching regression (insight/regimes) of r on 1, x,
/// tanh(r/5) and dxy of the bar before, with log volume and log spread beside it, and its probability that the next return
/// is above zero. Columns regime_p(1) … regime_p(12), markov_switching.
///
/// 12 states where there are 12,000 rows to learn from, else one a thousand (2 at least); where every start collapses it
/// tries with two fewer. Columns of states that are not there are 0. The note says so.
class MarketRegimes final : public LearntColumns {
  public:
    static constexpr std::size_t states = 12;
    /// Column of the member's probability in the matrix that members see.
    static constexpr std::size_t forecast_column = MarketFeatures::columns + states;

    /// @param bars of the whole table, copied column by column
    explicit MarketRegimes(std::span<const MarketBar> bars);
    const std::vector<std::string>& names() const override { return names_; }
    std::string describe() const override;
    Result<LearntBlock> compute(std::size_t known, std::size_t rows, std::uint64_t seed, int threads,
                                std::stop_token stop) const override;

  private:
    std::vector<std::string> names_;
    std::vector<double> target_, regressors_, activity_;
};

/// The member `markov_switching`.
std::unique_ptr<Learner> make_markov_switching_member();

/// 1 to 12: the most likely state of a row of learnt columns, an arbitrary number per fitted state.
int regime_number(std::span<const double> learnt_row);

}  // namespace aitrading::models
