#pragma once

#include <string>
#include <vector>

#include "report/facts.hpp"
#include "report/regime_path.hpp"

namespace aitrading::report {

/// All that a report on `evaluate` may show. `models` needs at least one entry; the rest may be empty.
struct EvaluationReport {
    std::string series;                 ///< "EURUSD H1", or the name of the market file
    std::string label;                  ///< as asked: next_bar, volatility(120), …
    bool directional = true;
    std::vector<ModelPanel> models;     ///< models and baselines
    std::string chosen;                 ///< the model whose predictions are drawn; empty: the first that is no baseline
    ScoredBars predictions;             ///< of the chosen model
    std::vector<FoldRow> folds;         ///< of the chosen model
    std::vector<RegimeRow> regimes;     ///< how the chosen model did in each
    RegimePrices series_regimes;        ///< of the whole series; may be empty
    std::vector<FeatureShare> importance;
    std::vector<FeatureWorth> worth;    ///< by permutation on tested bars; empty: not asked for
    std::vector<SensitivityRow> costs;  ///< yearly Sharpe ratio gross, at 1x and 2x costs, …
    std::string cost_model;             ///< "spread 1.0 pip, commission 7 a lot", in plain words
    std::vector<PlaceboRow> placebos;
    std::vector<std::string> protocol;
    std::int64_t trials = 1;
    std::string trials_text;
    Provenance provenance;
};

/// The whole page. Self-contained HTML, deterministic. @pre models is not empty
std::string render_evaluation_report(const EvaluationReport& report);

}  // namespace aitrading::report
