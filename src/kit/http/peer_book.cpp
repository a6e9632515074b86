#include "kit/http/peer_book.hpp"

#include <random>

#include <fmt/format.h>

namespace aitrading::kit {
namespace {

SteadyTime now() { return std::chrono::steady_clock::now(); }

}  // namespace

PeerBook::PeerBook(const PeerRules& rules) : rules_(rules), random_{std::random_device{}()} {}

/// @pre locked
PeerBook::Peer& PeerBook::of(const std::string& peer) { return peers_.try_emplace(peer, Peer{CircuitBreaker(rules_.breaker), RetryBudget(rules_.retry_share)}).first->second; }

void PeerBook::count_call(const std::string& peer) {
    const std::lock_guard lock(mutex_);
    of(peer).budget.call();
}

Result<CircuitBreaker::Permit> PeerBook::ask(const std::string& peer) {
    const std::lock_guard lock(mutex_);
    CircuitBreaker& breaker = of(peer).breaker;
    if (const auto leave = breaker.ask(now())) return *leave;
    const auto left = std::chrono::ceil<milliseconds>(breaker.pause_left(now())).count();
    return fail(ErrorCode::failed, fmt::format("{} has been failing; not called for another {} ms", peer, left), true);
}

void PeerBook::tell(const std::string& peer, CircuitBreaker::Permit permit, bool succeeded) {
    const std::lock_guard lock(mutex_);
    of(peer).breaker.tell(permit, succeeded, now());
}

std::optional<nanoseconds> PeerBook::next_attempt(const std::string& peer, int attempt, Deadline deadline, nanoseconds at_least) {
    const std::lock_guard lock(mutex_);
    return next_retry(rules_.retry, attempt, of(peer).budget, deadline, now(), at_least, random_);
}

CircuitBreaker::State PeerBook::breaker(const std::string& peer) {
    const std::lock_guard lock(mutex_);
    return of(peer).breaker.state(now());
}

}  // namespace aitrading::kit
