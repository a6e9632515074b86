#pragma once

#include "domain/market.hpp"
#include "models/ensemble/switching_columns.hpp"

namespace aitrading::models {

/// Fitted states of a series of bars: filtered posteriors of a Markov-switching regression of the bar's log return on 1 and
/// tanh of the return before it in its own deviations, with the log of a day's root mean square return and, where there is
/// volume, a day's mean volume against 20 days' beside it. States are numbered from the calmest to the wildest. Columns
/// regime_state_p(1) … regime_state_p(4), markov_switching (P(next return > 0)).
///
/// Four states, because the numbering must survive a refit: more of them trade places.
class SeriesRegimes final : public SwitchingColumns {
  public:
    static constexpr std::size_t states = 4;
    explicit SeriesRegimes(const BarColumns& bars);
};

}  // namespace aitrading::models
