#include "models/ensemble/market_regimes.hpp"

#include <algorithm>
#include <cmath>

#include "models/ensemble/column_learner.hpp"

namespace aitrading::models {
namespace {

SwitchingRows rows_of(std::span<const MarketBar> bars) {
    SwitchingRows rows;
    rows.regressor_count = 4;
    rows.activity_count = 2;
    rows.target.reserve(bars.size());
    rows.regressors.reserve(bars.size() * rows.regressor_count);
    rows.activity.reserve(bars.size() * rows.activity_count);
    for (const MarketBar& bar : bars) {
        rows.target.push_back(bar.r_bp);
        rows.regressors.insert(rows.regressors.end(), {1.0, bar.x, std::tanh(bar.r_bp / 5), bar.dxy});
        rows.activity.insert(rows.activity.end(), {bar.log_volume, bar.log_spread});
    }
    return rows;
}

}  // namespace

MarketRegimes::MarketRegimes(std::span<const MarketBar> bars)
    : SwitchingColumns({.states = states, .state_name = "regime_p",
                        .description = "markov switching regression 1: states=12 regressors=1,x,tanh(r/5),dxy"},
                       rows_of(bars)) {}

std::unique_ptr<Learner> make_markov_switching_member(std::size_t forecast_column) {
    return make_column_learner("markov_switching", forecast_column);
}

int regime_number(std::span<const double> learnt_row) {
    const auto law = learnt_row.first(MarketRegimes::states);
    return 1 + static_cast<int>(std::ranges::max_element(law) - law.begin());
}

}  // namespace aitrading::models
