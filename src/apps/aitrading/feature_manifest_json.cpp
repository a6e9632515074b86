#include "apps/aitrading/feature_manifest_json.hpp"

#include <nlohmann/json.hpp>

namespace aitrading::apps {

nlohmann::ordered_json manifest_json(const insight::FeatureManifest& manifest) {
    using Json = nlohmann::ordered_json;
    Json columns = Json::array(), absent = Json::array(), parameters = Json::object();
    for (const insight::FeatureColumn& c : manifest.columns)
        columns.push_back({{"name", c.name}, {"group", c.group}, {"meaning", c.meaning}});
    for (const insight::AbsentColumn& c : manifest.absent) absent.push_back({{"name", c.name}, {"reason", c.reason}});
    for (const auto& [key, value] : manifest.parameters) parameters[key] = value;
    return {{"name", manifest.name},     {"version", manifest.version}, {"timeframe", name(manifest.timeframe)},
            {"parameters", parameters},  {"hash", manifest.hash},       {"columns", std::move(columns)},
            {"absent", std::move(absent)}};
}

}  // namespace aitrading::apps
