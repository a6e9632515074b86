#include "models/boosting/boosting.hpp"

#include <fmt/format.h>

namespace aitrading::models {

Result<std::unique_ptr<Learner>> make_learner(std::string_view name, std::string_view words) {
    if (name == "xgboost") {
        TRY(const auto parameters, parse_parameters<XgboostParameters>(words));
        return make_learner(parameters);
    }
    if (name == "lightgbm") {
        TRY(const auto parameters, parse_parameters<LightgbmParameters>(words));
        return make_learner(parameters);
    }
    if (name == "random_forest") {
        TRY(const auto parameters, parse_parameters<RandomForestParameters>(words));
        return make_learner(parameters);
    }
    return fail(ErrorCode::usage,
                fmt::format("no tree learner '{}'; there are: xgboost lightgbm random_forest", name));
}

std::vector<std::unique_ptr<Learner>> tree_learners() {
    std::vector<std::unique_ptr<Learner>> learners;
    learners.push_back(make_learner(XgboostParameters{}));
    learners.push_back(make_learner(LightgbmParameters{}));
    learners.push_back(make_learner(RandomForestParameters{}));
    return learners;
}

}  // namespace aitrading::models
