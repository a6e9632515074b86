#include "apps/aitrading/evaluation_learners.hpp"

#include <iterator>

#include "apps/aitrading/feature_inputs.hpp"
#include "models/boosting/boosting.hpp"
#include "models/ensemble/series_members.hpp"
#include "models/ensemble/series_regimes.hpp"

namespace aitrading::apps {
namespace {

bool asks_for_all(const std::vector<std::string>& names) { return names.empty() || names.front() == "all" || names.front() == "ensemble"; }

}  // namespace

Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const std::vector<std::string>& names,
                                                                    const std::vector<std::string>& parameters) {
    std::vector<std::unique_ptr<models::Learner>> out;
    const std::vector<std::string> wanted =
        names.size() <= 1 && asks_for_all(names) ? std::vector<std::string>{"xgboost", "lightgbm", "random_forest"} : names;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        TRY(auto learner, models::make_learner(wanted[i], i < parameters.size() ? parameters[i] : ""));
        out.push_back(std::move(learner));
    }
    return out;
}

Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const EvaluationRequest& request,
                                                                    const FeatureMatrix& features,
                                                                    const LabelSet& labels) {
    TRY(auto out, make_learners(request.models, request.parameters));
    if (!asks_for_all(request.models)) return out;
    TRY(auto beside, models::members_beside_trees(features, labels, asks_for_regimes(request.with)));
    std::ranges::move(beside, std::back_inserter(out));
    return out;
}

std::unique_ptr<models::LearntColumns> learnt_columns(const EvaluationRequest& request, const BarColumns& bars) {
    return asks_for_regimes(request.with) ? std::make_unique<models::SeriesRegimes>(bars) : nullptr;
}

std::vector<const models::Learner*> borrowed(const std::vector<std::unique_ptr<models::Learner>>& learners) {
    std::vector<const models::Learner*> out;
    out.reserve(learners.size());
    for (const auto& l : learners) out.push_back(l.get());
    return out;
}

}  // namespace aitrading::apps
