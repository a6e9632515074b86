#pragma once

#include "kit/lifecycle/settings.hpp"
#include "serving/database/quotas.hpp"

namespace aitrading::serving {

/// Names of the settings that say what a tenant may ask and keep, all hot.
const std::vector<std::string>& quota_settings();

/// @errors bad_input (names the setting)   @pre they are declared
Result<TenantLimits> limits_of(const kit::Settings& settings);

}  // namespace aitrading::serving
