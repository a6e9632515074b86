#pragma once

#include <mutex>

#include "kit/requests/handlers.hpp"
#include "kit/telemetry/metrics.hpp"
#include "serving/database/quotas.hpp"
#include "serving/database/service/database_state.hpp"

namespace aitrading::serving {

/// Every tenant's requests and bytes against its limits, before anything of a request is read.
class QuotaGate final : public kit::CallGate {
  public:
    /// @pre metrics outlives it
    QuotaGate(kit::Metrics& metrics, const DatabaseClocks& clocks) : metrics_(metrics), clocks_(clocks) {}

    /// From now on. @pre check_limits
    void set_limits(const TenantLimits& limits);
    std::optional<kit::CallRefusal> enter(const std::string& tenant, std::size_t request_bytes) override;
    void replied(const std::string& tenant, std::size_t reply_bytes) override;
    /// Counts a refusal, also one by what a tenant keeps.
    void count(const std::string& tenant, const std::string& quota);

  private:
    kit::Metrics& metrics_;
    DatabaseClocks clocks_;
    std::mutex mutex_;
    RateQuotas quotas_{TenantLimits{}};
};

}  // namespace aitrading::serving
