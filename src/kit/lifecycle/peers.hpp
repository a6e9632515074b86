#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "kit/lifecycle/service_table.hpp"

namespace aitrading::kit {

/// Where a service of another process is reached.
struct PeerAddress {
    std::string host;  ///< name or numeric address
    int port = 0;
    bool operator==(const PeerAddress&) const = default;
};

/// Which services run in other processes, and where: by configuration, or by DNS.
class PeerTable {
  public:
    PeerTable() = default;
    /// @param entries `database-service=db.example:8008`, `log-service=[::1]`; without a port it is the table's
    /// @param domain services without an entry are SERVICE.domain with the table's port; empty: there are no others
    /// @errors bad_input, with the entry: a service that the table has not, one named twice, a port that is none
    static Result<PeerTable> read(const ServiceTable& table, const std::vector<std::string>& entries, const std::string& domain);

    std::optional<PeerAddress> find(std::string_view service) const;
    /// Named by an entry: then it runs elsewhere, also where this process could run it.
    bool named(std::string_view service) const { return named_.contains(service); }
    /// Splits services in start order into those that run here and those elsewhere: a peer by name never runs here; what is only found by
    /// DNS runs here where it is among `wanted`. What only those elsewhere need is in neither. @errors usage: one of `wanted` runs elsewhere
    Result<void> leave_to_peers(std::vector<ServiceSpec>& services, const std::vector<std::string>& wanted, std::map<std::string, PeerAddress>& elsewhere) const;

  private:
    std::map<std::string, PeerAddress, std::less<>> named_, by_name_;
};

}  // namespace aitrading::kit
