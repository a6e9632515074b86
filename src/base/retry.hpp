#pragma once

#include <optional>

#include "base/deadline.hpp"
#include "base/random.hpp"

namespace aitrading {

struct RetryRule {
    int attempts_max = 3;  ///< calls in all, the first among them
    nanoseconds first = milliseconds(50), longest = std::chrono::seconds(2);
};

/// What one caller may spend on retries to one peer: every call puts `share` in, a retry takes 1 out. A peer that is down
/// gets at most 1 + share times the calls, not attempts_max times. Not for several threads.
class RetryBudget {
  public:
    explicit RetryBudget(double share = 0.1, double most = 10) : share_(share), most_(most), left_(most) {}
    void call() { left_ = left_ + share_ < most_ ? left_ + share_ : most_; }
    bool take() {
        if (left_ < 1) return false;
        left_ -= 1;
        return true;
    }
    double left() const { return left_; }

  private:
    double share_, most_, left_;
};

/// Exponential with full jitter (Brooker, "Exponential Backoff And Jitter", 2015): uniform in [0, min(longest, first * 2^(n-1))].
/// @param attempt that failed, from 1
nanoseconds backoff(const RetryRule& rule, int attempt, SplitMix64& random);

/// When to call again after the `attempt`-th call failed, or none: enough attempts, no budget, or the deadline would have
/// passed by then. Takes from the budget only where it says yes. @param at_least what the peer asked for (Retry-After)
std::optional<nanoseconds> next_retry(const RetryRule& rule, int attempt, RetryBudget& budget, Deadline deadline, SteadyTime now,
                                      nanoseconds at_least, SplitMix64& random);

}  // namespace aitrading
