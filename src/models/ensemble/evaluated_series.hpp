#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/market.hpp"
#include "domain/model.hpp"
#include "models/ensemble/pipeline.hpp"
#include "models/ensemble/rule_regimes.hpp"
#include "models/evaluation/agreement_panel.hpp"
#include "models/evaluation/regime_panel.hpp"
#include "models/evaluation/splits.hpp"
#include "models/evaluation/unit_costs.hpp"
#include "report/facts.hpp"

namespace aitrading::models {

/// How a series is cut into what is learnt from and what is tested, and what is done to it before.
struct EvaluationPlan {
    int folds = 10;
    std::size_t fold_rows = 0;           ///< labels per fold; 0: from `folds`
    std::optional<UnixNanos> test_from;  ///< labels before it only train
    std::size_t refit_bars = 0;          ///< with `test_from`
    std::optional<int> embargo_bars;     ///< unset: 1 % of the bars, a day of hours at least
    std::string placebo;                 ///< of apply_placebo; empty: the data as they are
};

/// One series with its features and labels, what models said of it out of sample, and how they are judged.
struct EvaluatedSeries {
    BarColumns bars;
    FeatureMatrix features;
    LabelSet labels;
    std::vector<Split> splits;
    PipelineResult pipeline;
    RegimePath regimes;                          ///< of all bars, by rule
    std::vector<std::string> learnt_names;       ///< columns behind the features, learnt anew for each fit
    int embargo_bars = 0;
    std::int64_t trials = 1;                     ///< configurations tried on this series and label
    std::vector<report::ModelPanel> panels;      ///< the ensemble first, then members, then baselines
    std::optional<AgreementPanel> agreement;     ///< of two members or more
    std::vector<RegimePanel> regime_panels;      ///< of the ensemble; empty where no regime is known
    std::vector<std::string> protocol;           ///< sentences in plain words

    const Panel& panel() const { return panels.front().panel; }
};

/// Fills embargo and splits by the plan; the first fold learns from a quarter of the labels at least.
/// @pre bars, features and labels are there   @errors as walk_forward
Result<void> cut_in_time(EvaluatedSeries& series, const EvaluationPlan& plan);

/// Fills panels, panels by regime and protocol.
/// @pre the pipeline has run over the splits   @param costs of a fill; unused where the label has no direction, or under
/// a placebo, which nobody could have traded   @errors bad_input (as compute_panel and run_baselines)
Result<void> judge(EvaluatedSeries& series, const EvaluationPlan& plan, const FillCosts& costs, std::uint64_t seed);

/// The report's view of it: the ensemble's scored bars, its panels by regime, its score in each fold, and each column's
/// share in its gain, the strongest first.
report::ScoredBars scored_bars(const EvaluatedSeries& series);
std::vector<report::RegimeRow> regime_rows(const EvaluatedSeries& series);
std::vector<report::FoldRow> fold_rows(const EvaluatedSeries& series);
std::vector<report::FeatureShare> feature_shares(const EvaluatedSeries& series);

}  // namespace aitrading::models
