#include "base/retry.hpp"

#include <algorithm>

namespace aitrading {

nanoseconds backoff(const RetryRule& rule, int attempt, SplitMix64& random) {
    nanoseconds most = rule.first;
    for (int i = 1; i < attempt && most < rule.longest; ++i) most *= 2;
    most = std::min(most, rule.longest);
    return nanoseconds(static_cast<std::int64_t>(random.next_uniform() * static_cast<double>(most.count())));
}

std::optional<nanoseconds> next_retry(const RetryRule& rule, int attempt, RetryBudget& budget, Deadline deadline, SteadyTime now,
                                      nanoseconds at_least, SplitMix64& random) {
    if (attempt >= rule.attempts_max) return std::nullopt;
    const nanoseconds delay = std::max(at_least, backoff(rule, attempt, random));
    if (delay >= deadline.left(now)) return std::nullopt;
    if (!budget.take()) return std::nullopt;
    return delay;
}

}  // namespace aitrading
