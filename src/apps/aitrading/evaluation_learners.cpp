#include "apps/aitrading/evaluation_learners.hpp"

#include <algorithm>
#include <iterator>

#include "apps/aitrading/feature_inputs.hpp"
#include "models/boosting/boosting.hpp"
#include "models/deep/net_learner.hpp"
#include "models/deep/service/trainer_process.hpp"
#include "models/ensemble/series_members.hpp"
#include "models/ensemble/series_regimes.hpp"

namespace aitrading::apps {
namespace {

bool is_all(const std::string& name) { return name == "all" || name == "ensemble"; }
bool asks_for_all(const std::vector<std::string>& names) { return names.empty() || std::ranges::any_of(names, is_all); }

/// One learner; a net with the program that trains it.
Result<std::unique_ptr<models::Learner>> make_one(const std::string& name, const std::string& words, const Context& context, const std::string& device) {
    if (!models::parse_net_kind(name)) return models::make_learner(name, words);
    auto trainer = std::make_shared<models::TrainerProcess>(models::find_trainer(), context.home / "cache" / "nets", device);
    TRY_VOID(trainer->ready());
    return models::make_net_learner(name, words, std::move(trainer));
}

}  // namespace

Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const std::vector<std::string>& names,
                                                                    const std::vector<std::string>& parameters,
                                                                    const Context& context, const std::string& device) {
    std::vector<std::string> wanted;
    if (asks_for_all(names)) wanted = {"xgboost", "lightgbm", "random_forest"};
    std::ranges::copy_if(names, std::back_inserter(wanted), [&](const std::string& name) { return !is_all(name) && std::ranges::find(wanted, name) == wanted.end(); });
    std::vector<std::unique_ptr<models::Learner>> out;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        TRY(auto learner, make_one(wanted[i], i < parameters.size() ? parameters[i] : "", context, device));
        out.push_back(std::move(learner));
    }
    return out;
}

Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const EvaluationRequest& request,
                                                                    const FeatureMatrix& features,
                                                                    const LabelSet& labels, const Context& context) {
    TRY(auto out, make_learners(request.models, request.parameters, context, request.device));
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
