#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "domain/model.hpp"
#include "models/ensemble/pipeline.hpp"
#include "models/evaluation/splits.hpp"

namespace aitrading::models {

/// Hyper-parameter words (`name=value …`) of a tree learner for a market table of so many training rows;
/// empty for a learner that has no special ones. Chosen on seeds 1 to 5 of the specified markets, never on
/// those that are published.
std::string market_learner_words(std::string_view learner, std::size_t train_rows);

/// The pipeline's defaults for a market table: one inner fit, since one window of many rows feeds the stack
/// well.
PipelineOptions market_pipeline_options();

/// Train on the labels of the first `train` rows that end before row `train`; test rows [train, to). Fold 0.
Split market_split(const LabelSet& labels, std::size_t train, std::size_t to);

}  // namespace aitrading::models
