#pragma once

#include <vector>

#include "kit/lifecycle/settings.hpp"
#include "kit/telemetry/log.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::kit {

/// Takes `SettingChanged` events of the topic `settings.changes` into the settings of this process, from the first on: a process that
/// starts later comes to the same values. Every process reads all of them, so there is no group. For one thread.
class SettingsFollower {
  public:
    /// @pre all outlive it
    SettingsFollower(ports::EventBus& bus, Settings& settings, Log& log);
    /// Applies what has come since; what cannot be applied is logged and passed over. @errors failed (the bus), with nothing lost
    Result<int> follow();

  private:
    ports::EventBus& bus_;
    Settings& settings_;
    Log& log_;
    std::vector<std::int64_t> next_;  ///< of each partition
};

}  // namespace aitrading::kit
