#pragma once

#include <memory>
#include <string_view>

#include "insight/regimes/service/regime_teller.hpp"

namespace aitrading::models {

/// The fitted states of a model with learnt columns: posteriors as `predict` tells them (`regime_states`), the state with
/// hysteresis, and the chain's law of the next one. Method `markov_switching`.
/// @param model FittedEnsemble::learnt_model   @param has_volume whether any bar of the series has some
/// @errors as SeriesRegimeStream::of
Result<std::unique_ptr<insight::RegimeTeller>> fitted_teller(std::string_view model, Timeframe timeframe, bool has_volume);

}  // namespace aitrading::models
