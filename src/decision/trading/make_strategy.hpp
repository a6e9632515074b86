#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "decision/trading/probability_strategy.hpp"
#include "decision/trading/strategy.hpp"

namespace aitrading::trading {

/// Everything a strategy may need beside its own parameters.
struct StrategySetup {
    Quantity size;                ///< of the position it takes
    ProbabilityOptions probability;  ///< for model:NAME; its size is set from `size`
    /// Predictions of a stored model over the span of the run; unset where this program keeps no models.
    std::function<Result<ProbabilitySeries>(std::string_view model)> predictions;
};

/// Builds `ema_cross(fast,slow)` or `model:NAME`.
/// @errors usage (unknown name, bad parameters), not_found (no such model), gate_refused (leak)
Result<std::unique_ptr<Strategy>> make_strategy(std::string_view spec, const StrategySetup& setup);

}  // namespace aitrading::trading
