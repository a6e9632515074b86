#include "serving/database/service/quota_gate.hpp"

namespace aitrading::serving {

void QuotaGate::set_limits(const TenantLimits& limits) {
    const std::lock_guard lock(mutex_);
    quotas_.set(limits);
}

std::optional<kit::CallRefusal> QuotaGate::enter(const std::string& tenant, std::size_t request_bytes) {
    std::optional<Refusal> refusal;
    {
        const std::lock_guard lock(mutex_);
        refusal = quotas_.admit(tenant, clocks_.steady(), static_cast<std::int64_t>(request_bytes));
    }
    if (!refusal) return std::nullopt;
    count(tenant, refusal->quota);
    return kit::CallRefusal{std::move(refusal->text), refusal->again_after};
}

void QuotaGate::count(const std::string& tenant, const std::string& quota) {
    metrics_.counter("database_refused_total", "Requests refused by a quota, by tenant (at most 1,000 series, then other).", {{"tenant", tenant}, {"quota", quota}}).add();
}

void QuotaGate::replied(const std::string& tenant, std::size_t reply_bytes) {
    const std::lock_guard lock(mutex_);
    quotas_.sent(tenant, clocks_.steady(), static_cast<std::int64_t>(reply_bytes));
}

}  // namespace aitrading::serving
