#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "kit/http/client.hpp"
#include "kit/lifecycle/peers.hpp"

namespace aitrading::kit {

/// Knows whether services of other processes can serve, so that the readiness of those who need them is true: asks each one's
/// `/v1/readiness` every two seconds. Safe to use from several threads.
class PeerWatch {
  public:
    /// @pre the client outlives it
    PeerWatch(HttpClient& client, std::map<std::string, PeerAddress> peers);
    ~PeerWatch();

    /// Asks from now on, on a thread of its own; at once for the first time.
    void start();
    /// Asks each peer once, one after the other, a second each at most.
    void look();
    /// Whether the service is at a peer.
    bool knows(const std::string& service) const { return peers_.contains(service); }
    /// ok: it said that it is ready. @errors failed, with where it is and what it said, or that it was not asked yet   @pre `knows`
    Result<void> ready(const std::string& service) const;

  private:
    void run();

    HttpClient& client_;
    const std::map<std::string, PeerAddress> peers_;
    mutable std::mutex mutex_;
    std::condition_variable ended_condition_;
    bool ended_ = false;
    std::map<std::string, Result<void>> said_;
    std::thread thread_;
};

}  // namespace aitrading::kit
