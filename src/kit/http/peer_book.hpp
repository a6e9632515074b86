#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/circuit_breaker.hpp"
#include "base/result.hpp"
#include "base/retry.hpp"

namespace aitrading::kit {

/// What a client does about peers that fail, whatever it calls them by.
struct PeerRules {
    RetryRule retry;
    double retry_share = 0.1;  ///< of calls that may be retries
    BreakerRule breaker;
};

/// What a client knows of its peers: a breaker and a retry budget for each. Safe to use from several threads.
class PeerBook {
  public:
    explicit PeerBook(const PeerRules& rules);

    /// Counts a call, not its attempts.
    void count_call(const std::string& peer);
    /// Leave for one attempt. @errors failed with retry_helps: its breaker is open
    Result<CircuitBreaker::Permit> ask(const std::string& peer);
    void tell(const std::string& peer, CircuitBreaker::Permit permit, bool succeeded);
    /// How long to wait before the next attempt, which is paid for; none: there is none. @param attempt that failed, from 1
    std::optional<nanoseconds> next_attempt(const std::string& peer, int attempt, Deadline deadline, nanoseconds at_least);
    CircuitBreaker::State breaker(const std::string& peer);

  private:
    struct Peer {
        CircuitBreaker breaker;
        RetryBudget budget;
    };
    Peer& of(const std::string& peer);

    PeerRules rules_;
    std::mutex mutex_;
    std::map<std::string, Peer> peers_;
    SplitMix64 random_;
};

}  // namespace aitrading::kit
