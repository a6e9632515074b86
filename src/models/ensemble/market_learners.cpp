#include "models/ensemble/market_learners.hpp"

#include <algorithm>
#include <cmath>

namespace aitrading::models {

std::string market_learner_words(std::string_view learner, std::size_t train_rows) {
    // Regimes that answer with opposite signs are an interaction of four columns: deep trees need many rows.
    const bool many = train_rows >= 40'000;
    if (learner == "lightgbm")
        return many ? "rounds=1500 learning_rate=0.03 max_depth=9 leaves=40 min_rows_in_leaf=150 "
                      "column_fraction=0.6"
                    : "";
    if (learner == "xgboost")
        return many ? "rounds=1200 learning_rate=0.04 max_depth=6 min_child_weight=30 column_fraction=0.6"
                    : "";
    if (learner == "random_forest")
        return many ? "trees=300 max_depth=20 leaves=1024 min_rows_in_leaf=30 column_fraction=0.5" : "";
    if (learner == "lstm" || learner == "transformer" || learner == "cnn") return "dropout=0.3";
    return "";
}

PipelineOptions market_pipeline_options() {
    PipelineOptions options;
    options.inner_folds = 1;
    options.inner_start = 0.6;
    options.form = {.drop = true, .disagreement = true, .gate = true};  // nowhere worse on development seeds (docs/ensemble.md)
    return options;
}

Split market_split(const LabelSet& labels, std::size_t train, std::size_t to) {
    Split split;
    for (std::uint32_t e = 0; e < labels.size(); ++e) {
        const bool labelled = !std::isnan(labels.y[e]);
        if (labelled && labels.end[e] < train) split.train.push_back(e);
        if (labels.row[e] >= train && labels.row[e] < to) split.test.push_back(e);
    }
    return split;
}

}  // namespace aitrading::models
