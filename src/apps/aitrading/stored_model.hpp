#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "decision/trading/probability_strategy.hpp"
#include "domain/market.hpp"
#include "models/ensemble/column_words.hpp"
#include "models/ensemble/fitted_ensemble.hpp"
#include "models/ensemble/predictor.hpp"
#include "models/ensemble/rule_regimes.hpp"
#include "models/registry/registry.hpp"

namespace aitrading::apps {

/// What a stored model says of one bar.
struct StoredPrediction {
    UnixNanos bar, known;
    double p_up = 0.5, p_low = 0, p_high = 1, low = 0, high = 0;
    bool out_of_fold = false;
    int regime = 0;                                           ///< by rule, 1 to 12; 0 where not known
    std::array<double, models::rule_regime_kinds> nearness{}; ///< of each rule to its thresholds; zeros where not known
    std::array<double, models::rule_regime_kinds> next{};     ///< law of the next bar's regime; zeros where not known
    double remaining = 0;                                     ///< bars that the regime is expected to go on for
    std::vector<std::string> missing;                         ///< members that did not answer; the interval is wider for it
    std::vector<double> mix;                                  ///< weights of members and stack where the answer follows the series; else empty
    std::vector<double> states;                               ///< posterior of the model's own fitted states; empty without
};

/// A trained model as the registry keeps it, ready to predict.
struct LoadedModel {
    models::ModelMetadata metadata;
    models::FittedEnsemble fitted;
    std::vector<StoredPrediction> out_of_fold;  ///< of its training span, in time order
};

/// @param name as in model_word   @errors usage, not_found, gate_refused (damaged, other features), bad_input (made by another version)
Result<LoadedModel> load_model(const Context& context, const std::string& name, std::optional<int> version);

/// The model's word on bars, each known at the bar's close: its stored out-of-fold predictions up to the training end,
/// the fitted model after it. Bars of the training span without an out-of-fold prediction get none.
/// @param bars of the model's series, with enough bars before the first wanted one for the features to warm up
/// @errors gate_refused (another series than it was trained on), bad_input (other features or learnt columns)
Result<std::vector<StoredPrediction>> predict_bars(const LoadedModel& model, const BarColumns& bars, const Context& context);

/// A fresh stream of the model over bars of its series, as predict_bars asks it. @param model outlives the stream
/// @errors bad_input (other features or learnt columns, bars that no features can be made of)
Result<models::Predictor> open_predictor(const LoadedModel& model, const BarColumns& bars, const Context& context);

/// The rows that the model reads for bars of its series. @errors bad_input (other features or learnt columns)
Result<models::ReasonRows> model_rows(const LoadedModel& model, const BarColumns& bars, const Context& context);

/// The same for the back-test.
trading::ProbabilitySeries to_series(const LoadedModel& model, const std::vector<StoredPrediction>& predictions);

/// Reads the CSV that the registry keeps (columns of `evaluate --predictions`). @errors bad_input with row and field
Result<std::vector<StoredPrediction>> parse_predictions(const std::string& csv, const std::string& name,
                                                        std::int64_t bar_nanos);

}  // namespace aitrading::apps
