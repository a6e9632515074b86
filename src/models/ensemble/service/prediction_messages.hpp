#pragma once

#include <string>

#include "base/result.hpp"
#include "domain/event.hpp"
#include "kit/contracts/contracts.hpp"
#include "models/ensemble/predictor.hpp"

namespace aitrading::models {

/// Whose word a prediction is.
struct PredictionSource {
    std::string name;  ///< of the model
    int version = 0;
    SeriesKey series;
    std::string label;
    int horizon_bars = 1;
    bool of_volatility = false;  ///< the interval speaks of a log volatility, not of a return in basis points
};

/// MLPredictionGenerated of one bar, with each member's own word. @param degraded bars are missing before it: its interval may be too narrow
/// Its id follows from the bar's event and from what it says, the model and its version included: another version's word is another event.
/// @param bar the event that brought the bar   @param service who says it   @errors bad_input (as pack)
Result<Event> pack(const PredictionSource& source, const std::vector<std::string>& members, const BarPrediction& said, bool degraded, const Event& bar,
                   std::string service, UnixNanos now);

}  // namespace aitrading::models
