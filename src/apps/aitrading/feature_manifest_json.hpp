#pragma once

#include <nlohmann/json_fwd.hpp>

#include "insight/features/feature_manifest.hpp"

namespace aitrading::apps {

/// Name, version, timeframe, parameters, hash, columns with group and meaning, absent columns with their reasons.
nlohmann::ordered_json manifest_json(const insight::FeatureManifest& manifest);

}  // namespace aitrading::apps
