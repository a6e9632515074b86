#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "models/registry/promotion.hpp"

namespace aitrading::apps {

/// One version as `models list` and its neighbours print it. @errors bad_input (its panel is not JSON)
Result<nlohmann::ordered_json> model_json(const models::ModelEntry& entry, const std::vector<models::Change>& in_production);
/// One line of the record of what was put into production.
nlohmann::ordered_json change_json(const models::Change& change);
/// The change by which a version serves; nullptr where it does not.
const models::Change* serving(const models::ModelEntry& entry, const std::vector<models::Change>& in_production);

}  // namespace aitrading::apps
