#pragma once

#include <string>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "domain/event.hpp"
#include "kit/contracts/contracts.hpp"
#include "models/ensemble/predictor.hpp"
#include "models/ensemble/reasons.hpp"

namespace aitrading::v1 {
class Prediction;
}

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

/// How an answer came about, beside what it says.
struct Telling {
    double base_rate = 0.5;  ///< of label 1 by then
    std::string because;     ///< why it is degraded; empty: it is not
};

/// "members lstm, cnn did not answer". @param missing as RowPrediction::missing
std::string silent_members(const std::vector<std::string>& members, std::uint64_t missing);

/// Puts one bar's answer into the contract's message, with each member's own word where there is one.
void tell(const PredictionSource& source, const std::vector<std::string>& members, const BarPrediction& said, const Telling& telling, v1::Prediction& out);

/// MLPredictionGenerated of one bar. Its id follows from the bar's event and from what it says, the model and its version included: another
/// version's word is another event.
/// @param bar the event that brought the bar   @param service who says it   @errors bad_input (as pack)
Result<Event> pack(const PredictionSource& source, const std::vector<std::string>& members, const BarPrediction& said, const Telling& telling, const Event& bar,
                   std::string service, UnixNanos now);

/// Why the answer is what it is, with the numbers of `predict --explain`.
void tell(const BarReasons& reasons, v1::Prediction& out);

/// How old an answer is.
struct Staleness {
    nanoseconds age{0};       ///< since its bar closed
    nanoseconds open_age{0};  ///< of that, while the market was open: by it the answer claims less
    nanoseconds too_old{0};   ///< more of it than asked for
};
/// Takes the claims of a told prediction back as far as its age asks (models/ensemble/aged_answer.hpp).
/// @param because why no newer one is there
void degrade(v1::Prediction& told, const Staleness& stale, const std::string& because);

}  // namespace aitrading::models
