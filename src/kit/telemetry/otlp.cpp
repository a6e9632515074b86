#include <map>

#include <nlohmann/json.hpp>

#include "kit/telemetry/masking.hpp"
#include "kit/telemetry/tracing.hpp"

namespace aitrading::kit {
namespace {

using Json = nlohmann::ordered_json;

Json attribute(std::string_view key, std::string_view value) { return {{"key", key}, {"value", {{"stringValue", value}}}}; }

Json span_json(const SpanRecord& span) {
    const std::string own = span.context.traceparent();  // 00-TRACE-SPAN-FLAGS
    Json out{{"traceId", own.substr(3, 32)}, {"spanId", own.substr(36, 16)}};
    if (span.caused_by) {
        TraceContext cause = span.context;
        cause.parent = *span.caused_by;
        out["parentSpanId"] = cause.traceparent().substr(36, 16);
    }
    out["name"] = span.name;
    out["kind"] = static_cast<int>(span.kind);
    out["startTimeUnixNano"] = std::to_string(span.start.value);
    out["endTimeUnixNano"] = std::to_string(span.end.value);
    out["attributes"] = Json::array();
    for (const auto& [key, value] : span.attributes) out["attributes"].push_back(attribute(key, is_secret_name(key) ? "***" : masked(value)));
    out["status"] = {{"code", span.failed ? 2 : 1}};
    if (span.failed) out["status"]["message"] = masked(span.problem);
    return out;
}

}  // namespace

std::string otlp_json(const std::vector<SpanRecord>& spans) {
    std::map<std::string, Json> by_service;
    for (const SpanRecord& span : spans) by_service.try_emplace(span.service, Json::array()).first->second.push_back(span_json(span));
    Json out{{"resourceSpans", Json::array()}};
    for (auto& [service, list] : by_service) {
        Json resource{{"attributes", Json::array({attribute("service.name", service), attribute("service.namespace", "aitrading")})}};
        Json scope{{"scope", {{"name", "aitrading"}}}, {"spans", std::move(list)}};
        out["resourceSpans"].push_back({{"resource", std::move(resource)}, {"scopeSpans", Json::array({std::move(scope)})}});
    }
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace aitrading::kit
