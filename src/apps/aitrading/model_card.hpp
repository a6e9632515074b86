#pragma once

#include <string>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/evaluation_run.hpp"
#include "models/ensemble/fitted_ensemble.hpp"
#include "models/registry/registry.hpp"

namespace aitrading::apps {

/// The feature manifest as `features.json` keeps it, with the columns that the model learns anew behind the others.
/// @errors those of feature_inputs
Result<std::string> features_document(const EvaluationRun& run, const EvaluationRequest& request, const models::FittedEnsemble& fitted,
                                      const Context& context);

/// What turns scores into an interval and a hash of its state.
std::string conformal_text(const models::FittedEnsemble& fitted);

/// The card that a person reads before trusting the model, in Markdown and as one page.
/// @param metadata of the model, without a version
std::string card_markdown(const EvaluationRun& run, const models::ModelMetadata& metadata);
std::string card_html(const EvaluationRun& run, const models::ModelMetadata& metadata, const Context& context);

}  // namespace aitrading::apps
