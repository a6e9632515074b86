#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/token_bucket.hpp"

namespace aitrading::serving {

/// What one tenant may ask and keep; the same for everyone until there are accounts.
struct TenantLimits {
    double requests_per_s = 1'000;
    std::int64_t requests_burst = 2'000;
    double bytes_in_per_s = 8e6, bytes_out_per_s = 16e6;  ///< of requests and replies, with a minute's worth at once
    std::int64_t value_bytes_max = 16'000'000, values_max = 50'000;
    std::int64_t object_bytes_max = 10'000'000'000, objects_max = 100'000;
    std::int64_t uploads_max = 8;
    std::int64_t page_rows_max = 10'000;
    friend bool operator==(const TenantLimits&, const TenantLimits&) = default;
};

/// Whether limits can be kept to. @errors bad_input, with the name of the field that cannot
Result<void> check_limits(const TenantLimits& limits);

/// A rate of bytes with a minute's worth at once. What is large passes while the meter is not in debt and is paid for afterwards: in
/// any span t at most `60 * rate + t * rate` bytes, and the one that began last. Exact up to a nanosecond a call. Not for several
/// threads.
class ByteMeter {
  public:
    /// @pre 1 <= bytes_per_s <= 1e12
    explicit ByteMeter(double bytes_per_s) : ns_per_byte_(1e9 / bytes_per_s) {}
    void charge(SteadyTime now, std::int64_t bytes);
    /// How long until something may pass; 0: now.
    nanoseconds wait(SteadyTime now) const;
    bool full(SteadyTime now) const { return paid_at_ <= now; }

  private:
    double ns_per_byte_;
    SteadyTime paid_at_{};  ///< when all is paid for
};

/// Why a request is refused for now.
struct Refusal {
    std::string quota;  ///< `requests`, `bytes_in`, `bytes_out`: for counting
    std::string text;
    nanoseconds again_after{0};
};

/// Requests and bytes of every tenant against its limits. Bounded: at most `tenants_max` are remembered; those with full buckets are
/// forgotten first, since nothing is lost with them. Not for several threads.
class RateQuotas {
  public:
    static constexpr std::size_t tenants_max = 4'096;

    /// @pre check_limits
    explicit RateQuotas(const TenantLimits& limits) : limits_(limits) {}
    /// From now on others; everyone begins anew with full buckets. @pre check_limits
    void set(const TenantLimits& limits);

    /// Counts a request, or says why it may not pass; a refused one costs nothing. Time that steps back stands still.
    /// @complexity O(log tenants)
    std::optional<Refusal> admit(std::string_view tenant, SteadyTime now, std::int64_t bytes_in);
    /// Counts its reply.
    void sent(std::string_view tenant, SteadyTime now, std::int64_t bytes_out);
    std::size_t tenants() const { return tenants_.size(); }

  private:
    struct Tenant {
        TokenBucket requests;
        ByteMeter in, out;
    };
    Tenant* tenant_of(std::string_view tenant, SteadyTime now);

    TenantLimits limits_;
    std::map<std::string, Tenant, std::less<>> tenants_;
};

/// What a tenant keeps in one store, as far as is known: counted now and then, followed by its own changes in between.
struct Stock {
    std::int64_t bytes = 0, things = 0;
    Stock& operator+=(Stock other) {
        bytes += other.bytes;
        things += other.things;
        return *this;
    }
    friend Stock operator-(Stock a) { return {-a.bytes, -a.things}; }
    friend bool operator==(const Stock&, const Stock&) = default;
};

/// Whether a change may happen: what makes nothing more always may, also beyond the limit.
bool fits(Stock held, Stock change, Stock limit);

}  // namespace aitrading::serving
