#pragma once

#include <cstddef>
#include <vector>

#include "insight/regimes/markov_switching.hpp"

namespace aitrading::insight {

/// What a guess clusters: local means, over `half` rows either side, of activity, of the log size of the target and, where
/// `response`, of target times each regressor in units of the local size. It looks ahead: for training rows only.
/// Values that are not finite count as the last finite one. [rows x columns]
std::vector<double> guess_rows(const SwitchingSeries& series, bool response, std::size_t half);

/// One split-and-merge move (after Ueda, Nakano, Ghahramani and Hinton 2000): a state that may be missed gives its rows to
/// the others and takes half of another state's, parted by clusters. Every state is tried, the best tries climb on, and the
/// best of all is kept if it beats the climb without a move. EM alone cannot leave such hills.
/// @param series the rows that are tried on   @return whether a move was made
bool states_move(MarkovSwitchingFit& fit, const SwitchingSeries& series, const MarkovSwitchingOptions& options, int round);

}  // namespace aitrading::insight
