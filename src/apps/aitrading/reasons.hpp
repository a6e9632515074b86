#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "apps/aitrading/stored_model.hpp"
#include "models/ensemble/reasons.hpp"

namespace aitrading::apps {

/// Why the model said p_up of one bar, and what finding that out cost.
struct ToldReasons {
    models::BarReasons reasons;
    double seconds = 0;  ///< of this thread's processor time
};

/// Reasons of some predictions of `bars`, each from the bars up to it. Out-of-fold answers have none: the models of the folds
/// are not kept.
/// @param wanted in time order, as predict_bars gave them   @return one for each of `wanted`   @errors those of model_rows
Result<std::vector<ToldReasons>> explain_bars(const LoadedModel& model, const BarColumns& bars, const std::vector<StoredPrediction>& wanted, const Context& context);

/// "reasons of 500 bars: 1.9 ms each in the median, 2.4 ms at the 99th percentile"; empty where none was found.
std::string reasons_cost(const std::vector<ToldReasons>& told);

/// `reasons`, `base_logit`, `logit`, `others_contribution` and `reasons_note` of one prediction.
void add_reasons(nlohmann::ordered_json& prediction, const models::BarReasons& reasons);

/// An aligned table for people.
std::string reasons_text(const StoredPrediction& prediction, const models::BarReasons& reasons);

}  // namespace aitrading::apps
