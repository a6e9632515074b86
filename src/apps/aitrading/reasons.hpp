#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "apps/aitrading/stored_model.hpp"

namespace aitrading::apps {

/// One reason of an answer.
struct ReasonLine {
    std::string feature;      ///< column, or `earlier_bars`, `disagreement`, `member:NAME`
    double value = 0;         ///< of the column; NaN where it has none
    double contribution = 0;  ///< to the logit of p_up
    std::string words;        ///< "RSI(14) 78.2, high for the last year"
};

/// Why the model said p_up of one bar: logit = base_logit + the lines' contributions + others.
struct BarReasons {
    std::string missing;  ///< why there are none; empty: there are
    double logit = 0, base_logit = 0;
    std::vector<ReasonLine> lines;  ///< the greatest first
    double others = 0;              ///< the sum of what is not among the lines
    std::size_t others_count = 0;
    double seconds = 0;             ///< that it took to find them, of this thread's processor time
    bool flat = false;              ///< the calibration answers the same for every score near this one
};

/// Reasons of some predictions of `bars`, each from the bars up to it. Out-of-fold answers have none: the models of the folds
/// are not kept.
/// @param wanted in time order, as predict_bars gave them   @param lines how many for each   @return one for each of `wanted`
/// @errors those of model_rows
Result<std::vector<BarReasons>> explain_bars(const LoadedModel& model, const BarColumns& bars, const std::vector<StoredPrediction>& wanted,
                                             std::size_t lines, const Context& context);

/// "reasons of 500 bars: 1.9 ms each in the median, 2.4 ms at the 99th percentile"; empty where none was found.
std::string reasons_cost(const std::vector<BarReasons>& reasons);

/// `reasons`, `base_logit`, `logit`, `others_contribution` and `reasons_note` of one prediction.
void add_reasons(nlohmann::ordered_json& prediction, const BarReasons& reasons);

/// An aligned table for people.
std::string reasons_text(const StoredPrediction& prediction, const BarReasons& reasons);

}  // namespace aitrading::apps
