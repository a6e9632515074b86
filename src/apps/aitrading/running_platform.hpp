#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "apps/aitrading/run_file.hpp"
#include "kit/http/client.hpp"
#include "kit/lifecycle/service_table.hpp"

namespace aitrading::apps {

/// Calls to the processes that run services on a home, found by their run files. For commands: one call at a time.
class RunningPlatform {
  public:
    /// @errors bad_input (settings, certificates)
    static Result<std::unique_ptr<RunningPlatform>> open(const kit::ServiceTable& table, const std::filesystem::path& home);
    ~RunningPlatform();

    const std::vector<RunningProcess>& processes() const { return processes_; }
    /// The process that runs this service; null: none does.
    const RunningProcess* with(const std::string& service) const;
    /// @errors failed (not reached, not answered in time)
    Result<kit::HttpResponse> call(const RunningProcess& process, int port, kit::ClientRequest request, std::chrono::milliseconds patience);

  private:
    RunningPlatform() = default;
    std::vector<RunningProcess> processes_;
    std::unique_ptr<kit::Log> log_;
    kit::Metrics metrics_;
    std::unique_ptr<kit::Tracer> tracer_;
    std::unique_ptr<kit::Reactor> reactor_;
    std::unique_ptr<kit::HttpClient> plain_, secret_;
};

}  // namespace aitrading::apps
