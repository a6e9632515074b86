#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "decision/trading/costs.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"
#include "models/ensemble/pipeline.hpp"
#include "models/ensemble/rule_regimes.hpp"
#include "models/evaluation/baselines.hpp"
#include "models/evaluation/regime_panel.hpp"
#include "report/facts.hpp"

namespace aitrading::apps {

/// What `evaluate`, `train` and `demo` ask of one run.
struct EvaluationRequest {
    std::string label = "next_bar";
    std::vector<std::string> models;            ///< names of learners
    std::string features = "default";           ///< set of features: default or wide
    std::vector<std::string> with;              ///< `regimes`, and symbols beside the series (wide only)
    std::vector<std::string> parameters;        ///< `name=value` words for each learner; empty: defaults
    int folds = 10;
    std::size_t fold_rows = 0;                  ///< labels per fold; 0: from `folds`
    std::optional<UnixNanos> test_from;
    std::size_t refit_bars = 0;
    std::optional<int> embargo_bars;            ///< unset: 1 % of the bars
    std::optional<Price> spread;                ///< whole spread; unset: the series' own median, else 1 pip
    std::optional<trading::Commission> commission;  ///< unset: 20 per million and fill
    std::string placebo;                        ///< shuffled, reversed, leak: what is done to the data first; empty: nothing
};

/// Everything that a run measured; what the command prints and the report draws.
struct EvaluationRun {
    BarColumns bars;
    FeatureMatrix features;
    LabelSet labels;
    std::vector<models::Split> splits;
    models::PipelineResult pipeline;
    std::vector<report::ModelPanel> panels;     ///< the ensemble first, then members, then baselines
    models::RegimePath regimes;                 ///< of all bars, by rule
    std::vector<models::RegimePanel> regime_panels;  ///< of the ensemble; empty where no regime is known
    std::vector<std::string> learnt_names;      ///< columns behind the features, learnt anew for each fit
    std::vector<std::string> protocol;          ///< sentences in plain words
    std::string cost_model;
    std::int64_t trials = 1;
    int embargo_bars = 0;

    const Panel& panel() const { return panels.front().panel; }
};

/// Learners of the names given (`all` or `ensemble`: every one this build has), with their parameter words.
/// @errors usage
Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const std::vector<std::string>& names,
                                                                    const std::vector<std::string>& parameters);
/// Those of a request; `all` on a volatility label has HAR among its members, `all` with regimes on next_bar the
/// Markov-switching regression.
Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const EvaluationRequest& request,
                                                                    const FeatureMatrix& features,
                                                                    const LabelSet& labels);
std::vector<const models::Learner*> borrowed(const std::vector<std::unique_ptr<models::Learner>>& learners);

/// Features, labels, purged walk-forward, baselines and panels over `bars`. Finished fits stay in the home's cache, so
/// that a stopped run goes on where it was.
/// @errors gate_refused (a leak), bad_input, usage, interrupted
Result<EvaluationRun> run_evaluation(BarColumns bars, const EvaluationRequest& request, const Context& context);

/// What a run with regimes learns anew for each fit; nothing without.
std::unique_ptr<models::LearntColumns> learnt_columns(const EvaluationRequest& request, const BarColumns& bars);

/// The report's view of a run.
report::ScoredBars scored_bars(const EvaluationRun& run);
std::vector<report::RegimeRow> regime_rows(const EvaluationRun& run);
std::vector<report::FoldRow> fold_rows(const EvaluationRun& run);
std::vector<report::FeatureShare> feature_shares(const EvaluationRun& run, std::size_t most);

/// `time,p_up,p_low,p_high,low,high,regime,<one column per model>`, the bar's opening time, empty where not known.
std::string predictions_csv(const EvaluationRun& run);

/// `a,b,c` in its parts, blanks trimmed; commas inside parentheses do not part.
std::vector<std::string> split_list(const std::string& text);

}  // namespace aitrading::apps
