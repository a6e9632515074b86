#include "serving/database/service/quota_settings.hpp"

#include <fmt/format.h>

namespace aitrading::serving {
namespace {

/// Those with a decimal prefix count thousands or millions, as their names say.
struct Named {
    const char* name;
    void (*set)(TenantLimits&, double);
};

std::int64_t whole(double value) { return value > 1e15 || value < -1e15 ? -1 : static_cast<std::int64_t>(value); }

constexpr Named named[] = {
    {"AITRADING_QUOTA_REQUESTS_PER_S", [](TenantLimits& l, double v) { l.requests_per_s = v; }},
    {"AITRADING_QUOTA_REQUESTS_BURST", [](TenantLimits& l, double v) { l.requests_burst = whole(v); }},
    {"AITRADING_QUOTA_MB_IN_PER_MINUTE", [](TenantLimits& l, double v) { l.bytes_in_per_s = v * 1e6 / 60; }},
    {"AITRADING_QUOTA_MB_OUT_PER_MINUTE", [](TenantLimits& l, double v) { l.bytes_out_per_s = v * 1e6 / 60; }},
    {"AITRADING_QUOTA_VALUES_MB", [](TenantLimits& l, double v) { l.value_bytes_max = whole(v * 1e6); }},
    {"AITRADING_QUOTA_VALUES", [](TenantLimits& l, double v) { l.values_max = whole(v); }},
    {"AITRADING_QUOTA_OBJECTS_MB", [](TenantLimits& l, double v) { l.object_bytes_max = whole(v * 1e6); }},
    {"AITRADING_QUOTA_OBJECTS", [](TenantLimits& l, double v) { l.objects_max = whole(v); }},
    {"AITRADING_QUOTA_UPLOADS", [](TenantLimits& l, double v) { l.uploads_max = whole(v); }},
    {"AITRADING_QUOTA_PAGE_ROWS", [](TenantLimits& l, double v) { l.page_rows_max = whole(v); }},
};

}  // namespace

const std::vector<std::string>& quota_settings() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out;
        for (const Named& one : named) out.emplace_back(one.name);
        return out;
    }();
    return names;
}

Result<TenantLimits> limits_of(const kit::Settings& settings) {
    TenantLimits out;
    for (const Named& one : named) {
        one.set(out, settings.number(one.name));
        if (const auto checked = check_limits(out); !checked) return fail(ErrorCode::bad_input, fmt::format("setting {}: {}", one.name, checked.error().text));
    }
    return out;
}

}  // namespace aitrading::serving
