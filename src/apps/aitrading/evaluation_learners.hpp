#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/aitrading/evaluation_run.hpp"
#include "domain/model.hpp"
#include "models/ensemble/learnt_columns.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::apps {

/// Learners of the names given (`all` or `ensemble`: the trees; lstm, transformer, cnn by their names), with their parameter
/// words. Nets are trained by aitrading-train on `device`. @errors usage; not_found (a net without aitrading-train)
Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const std::vector<std::string>& names,
                                                                    const std::vector<std::string>& parameters,
                                                                    const Context& context, const std::string& device);
/// Those of a request; `all` has the members that stand beside the trees too.
Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const EvaluationRequest& request,
                                                                    const FeatureMatrix& features,
                                                                    const LabelSet& labels, const Context& context);
std::vector<const models::Learner*> borrowed(const std::vector<std::unique_ptr<models::Learner>>& learners);

/// What a run with regimes learns anew for each fit; nothing without.
std::unique_ptr<models::LearntColumns> learnt_columns(const EvaluationRequest& request, const BarColumns& bars);

}  // namespace aitrading::apps
