#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/importance_run.hpp"
#include "decision/trading/costs.hpp"
#include "domain/market.hpp"
#include "models/ensemble/evaluated_series.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::apps {

/// What `evaluate`, `train` and `demo` ask of one run.
struct EvaluationRequest {
    std::string label = "next_bar";
    std::vector<std::string> models;            ///< names of learners
    std::string features = "default";           ///< set of features: default or wide
    std::vector<std::string> with;              ///< `regimes`, and symbols beside the series (wide only)
    std::vector<std::string> parameters;        ///< `name=value` words for each learner; empty: defaults
    std::string device = "cpu";                 ///< where nets are trained: cpu or cuda
    /// Another learner in the place of the named one, for a series whose rows are known at such times; null, and what is null: none.
    std::function<std::unique_ptr<models::Learner>(std::string_view name, const std::vector<UnixNanos>& known)> instead;
    models::EvaluationPlan plan;
    models::FormOptions form;                   ///< what validation may make the stack of
    const models::Augmentation* augmentation = nullptr;  ///< drawn rows beside the real ones of every fit; outlives the run
    std::string augmentation_verdict;           ///< what a trial said of it, for the protocol; empty: none was made
    std::optional<Price> spread;                ///< whole spread; unset: the series' own median, else 1 pip
    std::optional<trading::Commission> commission;  ///< unset: 20 per million and fill
};

/// Everything that a run measured; what the command prints and the report draws.
struct EvaluationRun : models::EvaluatedSeries {
    std::string cost_model;  ///< in plain words
    WorthFigures worth{.missing = "not asked for"};   ///< of features on tested bars; the commands fill it
    std::vector<report::DependenceCurve> dependence;  ///< of the final model's strongest features; train fills it
};

/// Features, labels, purged walk-forward, baselines and panels over `bars`. Finished fits stay in the home's cache, so
/// that a stopped run goes on where it was.
/// @errors gate_refused (a leak), bad_input, usage, interrupted
Result<EvaluationRun> run_evaluation(BarColumns bars, const EvaluationRequest& request, const Context& context);

/// `time,p_up,p_low,p_high,low,high,regime,<one column per model>`, the bar's opening time, empty where not known.
/// @param probabilities also regime_p_1 … regime_p_12 behind these, as in RegimePath
std::string predictions_csv(const EvaluationRun& run, bool probabilities = false);

}  // namespace aitrading::apps
