#include "apps/aitrading/models_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace aitrading::apps {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

const models::Change* serving(const models::ModelEntry& entry, const std::vector<models::Change>& in_production) {
    const auto found = std::ranges::find_if(in_production, [&entry](const models::Change& c) {
        return c.name == entry.metadata.name && c.version == entry.metadata.version;
    });
    return found == in_production.end() ? nullptr : &*found;
}

Result<Json> model_json(const models::ModelEntry& entry, const std::vector<models::Change>& in_production) {
    const models::Change* change = serving(entry, in_production);
    const Json production = change == nullptr ? Json(nullptr) : change_json(*change);
    if (!entry.damage.empty())
        return Json{{"name", entry.metadata.name}, {"version", entry.metadata.version}, {"damage", entry.damage}, {"production", production}};
    TRY(const std::string metadata, models::to_json(entry.metadata));
    Json document = Json::parse(metadata);
    document["content_hash"] = entry.content_hash;
    document["size_bytes"] = entry.size_bytes;
    document["production"] = production;
    return document;
}

Json change_json(const models::Change& change) {
    return {{"change", change.id},
            {"time", to_iso8601(change.time)},
            {"kind", models::name(change.kind)},
            {"symbol", change.key.series.symbol},
            {"timeframe", name(change.key.series.timeframe)},
            {"label", change.key.label},
            {"name", change.name},
            {"version", change.version},
            {"content_hash", change.content},
            {"before", change.before == 0 ? Json(nullptr) : Json(change.before)},
            {"forced", change.forced},
            {"reason", change.reason},
            {"gates", change.gates},
            {"command_line", change.command_line}};
}

}  // namespace aitrading::apps
