#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kit/http/tls.hpp"
#include "kit/lifecycle/peer_watch.hpp"
#include "kit/lifecycle/service.hpp"
#include "kit/lifecycle/service_table.hpp"

namespace aitrading::kit {

struct HostOptions {
    std::string build_version;
    bool any_ports = false;  ///< free ports instead of the table's, for tests
    std::map<std::string, std::string> addresses;  ///< service to address, instead of the table's
    std::map<std::string, int> ports;              ///< service to port, instead of the table's
    std::map<std::string, int> rpc_ports;          ///< service to gRPC port, instead of the other port + rpc_port_distance
    std::shared_ptr<TlsContext> tls;               ///< of every server; none: plain
    std::shared_ptr<const PeerWatch> peers;        ///< of what the services need and other processes run; none: nothing
    std::chrono::milliseconds stop_time{10'000};   ///< for everything together
};

/// How far a service's gRPC port lies above its port: 18008 for 8008.
inline constexpr int rpc_port_distance = 10'000;

/// Runs services of the table in one process: starts them in the order of their needs, gives each its server with
/// `/v1/health`, `/v1/readiness`, `/v1/status`, `/metrics` and the requests that it answers, those over gRPC as well on a second
/// port, and stops them in the reverse order within `stop_time`.
class ServiceHost {
  public:
    /// @pre the ground outlives it
    ServiceHost(const ServiceGround& ground, const HostOptions& options);
    ~ServiceHost();  ///< as `stop`

    /// Where one fails, those that run are stopped again and the error is its own, with the service named.
    /// @param services in start order   @param factories at least of these
    Result<void> start(const std::vector<ServiceSpec>& services, const std::map<std::string, ServiceFactory>& factories);
    /// Requests that run are finished, quiet connections and streams are closed, services finish what they have. A service stops, and
    /// goes, after the last of its handlers has ended, also of those that nobody waits for any more. False: some of it was cut at the
    /// deadline. A handler that then runs on keeps the services until it ends; `still_running` names its own.
    bool stop();
    /// Services that have stopped and of whose handlers some run on.
    std::vector<std::string> still_running() const;
    /// Actual ports by service.
    std::map<std::string, int> ports() const;
    /// Those of gRPC, of the services that have one.
    std::map<std::string, int> rpc_ports() const;
    /// GetStatusReply of the contracts, as JSON.
    std::string status_json() const;

  private:
    struct Inside;
    struct Kept;
    std::shared_ptr<Inside> inside_;  ///< shared with handlers that run on
};

}  // namespace aitrading::kit
