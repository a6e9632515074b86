#pragma once

#include <map>
#include <memory>
#include <string>

#include "apps/aitrading/commands.hpp"
#include "kit/http/client.hpp"
#include "kit/lifecycle/host.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::apps {

/// Settings of the environment and of HOME/settings.toml. @errors bad_input, failed
Result<std::unique_ptr<kit::Settings>> load_settings(const kit::ServiceTable& table, const std::filesystem::path& home);

/// What all services of one process stand on: telemetry, threads, settings and the journal of the home.
class PlatformGround {
  public:
    /// @errors failed (another process has the journal: retry_helps), bad_input (settings, certificates)
    static Result<std::unique_ptr<PlatformGround>> open(const Context& context, const kit::ServiceTable& table);
    ~PlatformGround();

    kit::ServiceGround ground() { return {*reactor_, *workers_, {*log_, metrics_, *tracer_}, *settings_}; }
    /// The services that this build has.
    /// @pre context outlives what they make
    std::map<std::string, kit::ServiceFactory> factories(const Context& context);
    /// Where each listens and with which certificates, as the settings say. @errors bad_input
    Result<kit::HostOptions> host_options(const kit::ServiceTable& table);
    /// Takes what runs in other processes, as the settings say, out of `services`. @return knows whether those are ready
    /// @errors bad_input (settings, certificates), usage (one of `wanted` runs elsewhere)
    Result<std::shared_ptr<const kit::PeerWatch>> leave_to_peers(const kit::ServiceTable& table, std::vector<kit::ServiceSpec>& services, const std::vector<std::string>& wanted);
    ports::EventBus& bus() { return *bus_; }
    kit::Settings& settings() { return *settings_; }
    kit::Log& log() { return *log_; }

  private:
    PlatformGround() = default;
    // In this order they are made; whatever stands below uses what stands above.
    std::unique_ptr<kit::Settings> settings_;
    std::unique_ptr<kit::Log> log_;
    kit::Metrics metrics_;
    std::unique_ptr<kit::Tracer> silent_tracer_;  ///< of the exporter's own calls
    std::unique_ptr<kit::Reactor> reactor_;
    std::unique_ptr<kit::HttpClient> exporter_, to_peers_;
    std::unique_ptr<kit::Tracer> tracer_;
    std::unique_ptr<kit::Workers> workers_;
    std::unique_ptr<ports::EventBus> bus_;
};

}  // namespace aitrading::apps
