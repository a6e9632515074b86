#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/aitrading/evaluation_run.hpp"
#include "domain/model.hpp"
#include "models/ensemble/learnt_columns.hpp"
#include "models/evaluation/learner.hpp"

namespace aitrading::apps {

/// `trees`: xgboost, lightgbm, random_forest; `all` or `ensemble`: these, lstm, transformer and cnn; each other name stays. Every
/// name once. Of `all` the nets are left out, with a word on stderr, where aitrading-train is missing.
std::vector<std::string> member_names(const std::vector<std::string>& names);

/// Whether no name is given, or `trees`, `all` or `ensemble` among them: members that stand beside the trees come too.
bool asks_for_group(const std::vector<std::string>& names);

/// Learners of the names given (see member_names), with their parameter words. Nets are trained by aitrading-train on
/// `device`. @errors usage; not_found (a net that is asked for by its name, without aitrading-train)
Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const std::vector<std::string>& names,
                                                                    const std::vector<std::string>& parameters,
                                                                    const Context& context, const std::string& device);
/// Those of a request; `trees` and `all` have the members that stand beside the trees too. Nets of `all` are left out, with a word
/// on stderr, where the first fits have fewer rows than their least width asks for.
Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const EvaluationRequest& request,
                                                                    const FeatureMatrix& features,
                                                                    const LabelSet& labels, const Context& context);
std::vector<const models::Learner*> borrowed(const std::vector<std::unique_ptr<models::Learner>>& learners);

/// What a run with regimes learns anew for each fit; nothing without.
std::unique_ptr<models::LearntColumns> learnt_columns(const EvaluationRequest& request, const BarColumns& bars);

}  // namespace aitrading::apps
