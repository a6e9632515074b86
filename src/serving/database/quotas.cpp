#include "serving/database/quotas.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace aitrading::serving {
namespace {

constexpr std::chrono::minutes at_once{1};

Refusal refusal(std::string quota, std::string_view what, nanoseconds wait) {
    const double seconds = std::chrono::duration<double>(wait).count();
    return {.quota = std::move(quota), .text = fmt::format("your quota of {} is used up; try again in {:.1f} s", what, std::max(0.1, seconds)), .again_after = wait};
}

}  // namespace

Result<void> check_limits(const TenantLimits& limits) {
    const auto within = [](std::string_view field, double value, double least, double most) -> Result<void> {
        if (value >= least && value <= most) return {};
        return fail(ErrorCode::bad_input, fmt::format("{}: {} to {} is expected, not {}", field, least, most, value));
    };
    TRY_VOID(within("requests_per_s", limits.requests_per_s, 0.001, 1e6));
    TRY_VOID(within("requests_burst", static_cast<double>(limits.requests_burst), 1, 1e6));
    TRY_VOID(within("bytes_in_per_s", limits.bytes_in_per_s, 1, 1e12));
    TRY_VOID(within("bytes_out_per_s", limits.bytes_out_per_s, 1, 1e12));
    for (const auto& [field, value] : {std::pair{"value_bytes_max", limits.value_bytes_max}, {"values_max", limits.values_max},
                                       {"object_bytes_max", limits.object_bytes_max}, {"objects_max", limits.objects_max}})
        TRY_VOID(within(field, static_cast<double>(value), 0, 1e15));
    TRY_VOID(within("uploads_max", static_cast<double>(limits.uploads_max), 0, 1'000));
    return within("page_rows_max", static_cast<double>(limits.page_rows_max), 1, 10'000);
}

void ByteMeter::charge(SteadyTime now, std::int64_t bytes) {
    const auto cost = nanoseconds(static_cast<std::int64_t>(static_cast<double>(bytes) * ns_per_byte_));
    paid_at_ = std::max(paid_at_, now) + cost;
}

nanoseconds ByteMeter::wait(SteadyTime now) const { return std::max(nanoseconds(0), nanoseconds(paid_at_ - now - at_once)); }

void RateQuotas::set(const TenantLimits& limits) {
    limits_ = limits;
    tenants_.clear();
}

RateQuotas::Tenant* RateQuotas::tenant_of(std::string_view tenant, SteadyTime now) {
    const auto found = tenants_.find(tenant);
    if (found != tenants_.end()) return &found->second;
    for (auto at = tenants_.begin(); tenants_.size() >= tenants_max && at != tenants_.end();) {
        Tenant& other = at->second;
        const bool idle = other.in.full(now) && other.out.full(now) && other.requests.wait(now, limits_.requests_burst) == nanoseconds(0);
        at = idle ? tenants_.erase(at) : std::next(at);
    }
    if (tenants_.size() >= tenants_max) return nullptr;
    return &tenants_.emplace(std::string(tenant), Tenant{TokenBucket::of_rate(limits_.requests_per_s, limits_.requests_burst), ByteMeter(limits_.bytes_in_per_s), ByteMeter(limits_.bytes_out_per_s)}).first->second;
}

std::optional<Refusal> RateQuotas::admit(std::string_view tenant, SteadyTime now, std::int64_t bytes_in) {
    Tenant* const own = tenant_of(tenant, now);
    if (own == nullptr) return Refusal{"tenants", fmt::format("{} tenants ask at once; try again", tenants_max), std::chrono::seconds(1)};
    if (const nanoseconds wait = own->in.wait(now); wait > nanoseconds(0)) return refusal("bytes_in", "bytes sent", wait);
    if (const nanoseconds wait = own->out.wait(now); wait > nanoseconds(0)) return refusal("bytes_out", "bytes received", wait);
    if (!own->requests.take(now)) return refusal("requests", "requests", own->requests.wait(now));
    own->in.charge(now, bytes_in);
    return std::nullopt;
}

void RateQuotas::sent(std::string_view tenant, SteadyTime now, std::int64_t bytes_out) {
    if (Tenant* const own = tenant_of(tenant, now)) own->out.charge(now, bytes_out);
}

bool fits(Stock held, Stock change, Stock limit) {
    return (change.bytes <= 0 || held.bytes + change.bytes <= limit.bytes) && (change.things <= 0 || held.things + change.things <= limit.things);
}

}  // namespace aitrading::serving
