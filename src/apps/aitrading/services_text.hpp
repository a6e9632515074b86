#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "kit/lifecycle/service_table.hpp"

namespace aitrading::apps {

/// The table of services: of `file`, or the project's services.toml as it was when this program was built.
/// @errors not_found, bad_input
Result<kit::ServiceTable> load_service_table(const std::filesystem::path& file);

}  // namespace aitrading::apps
