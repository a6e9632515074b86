#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/facts.hpp"

namespace aitrading::report {

/// What a person should know of a stored model before trusting it. `models` needs at least one entry.
struct ModelCard {
    std::string name;
    std::string series;                 ///< "EURUSD H1"
    std::string label;                  ///< as asked: next_bar, volatility(120), …
    bool directional = true;
    UnixNanos training_from, training_end;  ///< the final fit has seen nothing from `training_end` on
    std::vector<std::pair<std::string, std::string>> made_of;  ///< term, text: members, parameters, calibration, interval, features, …
    std::vector<std::string> use, limits;                      ///< what it is for, and what it does not tell
    std::vector<ModelPanel> models;     ///< out of fold on the training span; the model first, then its members, then baselines
    std::vector<FoldRow> folds;
    std::vector<RegimeRow> regimes;
    std::vector<FeatureShare> importance;
    std::vector<FeatureWorth> worth;    ///< by permutation on tested bars; empty: not asked for
    std::string worth_missing;          ///< why there is none
    std::vector<DependenceCurve> dependence;  ///< of the strongest features
    std::string cost_model;
    std::int64_t trials = 1;
    std::vector<std::string> protocol;
    Provenance provenance;
};

/// The whole page. Self-contained HTML, deterministic. @pre models is not empty
std::string render_model_card(const ModelCard& card);

}  // namespace aitrading::report
