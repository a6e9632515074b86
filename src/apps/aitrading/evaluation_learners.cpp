#include "apps/aitrading/evaluation_learners.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>

#include "apps/aitrading/feature_inputs.hpp"
#include "models/boosting/boosting.hpp"
#include "models/deep/net_learner.hpp"
#include "models/deep/service/trainer_process.hpp"
#include "models/ensemble/pipeline.hpp"
#include "models/ensemble/series_members.hpp"
#include "models/ensemble/series_regimes.hpp"

namespace aitrading::apps {
namespace {

bool is_all(const std::string& name) { return name == "all" || name == "ensemble"; }
bool is_group(const std::string& name) { return is_all(name) || name == "trees"; }

constexpr std::array trees{"xgboost", "lightgbm", "random_forest"};
constexpr std::array nets{"lstm", "transformer", "cnn"};
constexpr std::array kinds{models::NetKind::lstm, models::NetKind::transformer, models::NetKind::cnn};

/// Rows of the smallest fit of a walk-forward: the first inner one in the first quarter of the labels.
std::size_t rows_of_smallest_fit(std::size_t labels) {
    const models::PipelineOptions usual;
    return static_cast<std::size_t>(static_cast<double>(labels) / 4 * usual.inner_start * (1 - usual.validation_share));
}

/// One learner; a net with the program that trains it.
Result<std::unique_ptr<models::Learner>> make_one(const std::string& name, const std::string& words, const Context& context, const std::string& device) {
    if (!models::parse_net_kind(name)) return models::make_learner(name, words);
    auto trainer = std::make_shared<models::TrainerProcess>(models::find_trainer(), context.home / "cache" / "nets", device);
    TRY_VOID(trainer->ready());
    return models::make_net_learner(name, words, std::move(trainer));
}

}  // namespace

bool asks_for_group(const std::vector<std::string>& names) { return names.empty() || std::ranges::any_of(names, is_group); }

std::vector<std::string> member_names(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    if (asks_for_group(names)) out.assign(trees.begin(), trees.end());
    if (std::ranges::any_of(names, is_all)) {
        const auto ready = models::TrainerProcess(models::find_trainer(), {}).ready();
        if (ready) out.insert(out.end(), nets.begin(), nets.end());
        else std::fprintf(stderr, "warning: without lstm, transformer and cnn: %s\n", ready.error().text.c_str());
    }
    for (const std::string& name : names)
        if (!is_group(name) && std::ranges::find(out, name) == out.end()) out.push_back(name);
    return out;
}

Result<std::vector<std::unique_ptr<models::Learner>>> make_learners(const std::vector<std::string>& names,
                                                                    const std::vector<std::string>& parameters,
                                                                    const Context& context, const std::string& device) {
    const std::vector<std::string> wanted = member_names(names);
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
    std::vector<std::string> wanted = member_names(request.models);
    const std::size_t smallest = rows_of_smallest_fit(labels.size());
    for (std::size_t k = 0; k < nets.size(); ++k) {
        const auto named = [&](const std::string& name) { return name == nets[k]; };
        const std::size_t least = models::least_training_rows(kinds[k], features.columns());
        if (least <= smallest || std::ranges::any_of(request.models, named) || std::erase_if(wanted, named) == 0) continue;
        std::fprintf(stderr, "warning: without %s: it needs fits of %zu rows, the first ones here have %zu; a longer series, or name it to try\n", nets[k],
                     least, smallest);
    }
    TRY(auto out, make_learners(wanted, request.parameters, context, request.device));
    for (auto& learner : out)
        if (auto other = request.instead ? request.instead(learner->name(), features.known) : nullptr) learner = std::move(other);
    if (!asks_for_group(request.models)) return out;
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
