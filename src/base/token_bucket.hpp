#pragma once

#include <algorithm>
#include <cstdint>

#include "base/check.hpp"
#include "base/deadline.hpp"

namespace aitrading {

/// A rate with a burst: in every span of time t at most `burst + t * rate` tokens. Exact, in integers, without a timer:
/// the generic cell rate algorithm (ITU-T I.371) keeps one instant, at which the bucket would be full again.
/// Not for several threads.
class TokenBucket {
  public:
    /// @pre every token takes between 1 ns and an hour; 1 <= burst <= 1,000,000
    TokenBucket(nanoseconds a_token_every, std::int64_t burst) : every_(a_token_every), burst_(burst) {
        CHECK(every_ >= nanoseconds(1) && every_ <= std::chrono::hours(1) && burst >= 1 && burst <= 1'000'000);
    }
    /// @pre 0 < per_second <= 1e9
    static TokenBucket of_rate(double per_second, std::int64_t burst) {
        return {nanoseconds(std::max<std::int64_t>(1, static_cast<std::int64_t>(1e9 / per_second))), burst};
    }

    /// Takes `count` tokens, or none. Time that steps back counts as standing still. @pre 1 <= count
    bool take(SteadyTime now, std::int64_t count = 1) {
        if (wait(now, count) > nanoseconds(0)) return false;
        full_at_ = std::max(full_at_, latest_) + count * every_;
        return true;
    }
    /// How long until `count` tokens are there; more than the burst never are. For the header Retry-After.
    nanoseconds wait(SteadyTime now, std::int64_t count = 1) {
        latest_ = std::max(latest_, now);
        if (count > burst_) return nanoseconds::max();
        return std::max(nanoseconds(0), nanoseconds(std::max(full_at_, latest_) + count * every_ - latest_ - burst_ * every_));
    }

  private:
    nanoseconds every_;
    std::int64_t burst_;
    SteadyTime full_at_{}, latest_{};
};

}  // namespace aitrading
