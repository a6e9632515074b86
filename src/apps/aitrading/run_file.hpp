#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace aitrading::apps {

/// One process that runs services on a home.
struct RunningProcess {
    int pid = 0;
    bool tls = false;
    std::string address;
    std::map<std::string, int> ports;  ///< by service
    std::map<std::string, int> rpc_ports;  ///< of gRPC, of the services that have one
};

/// HOME/run/PID.json, from ready until the process ends in peace. @errors failed
Result<void> write_run_file(const std::filesystem::path& home, const RunningProcess& process);
void remove_run_file(const std::filesystem::path& home, int pid);
/// Processes that are alive; files that a killed one left are passed over.
std::vector<RunningProcess> running_processes(const std::filesystem::path& home);

}  // namespace aitrading::apps
