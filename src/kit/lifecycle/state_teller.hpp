#pragma once

#include <map>
#include <string>

#include "base/uuid.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::kit {

/// Says on `ops.alerts` (ServiceStateChanged) when a service of this process comes, goes or changes how well it serves. What the bus
/// refuses is said at the next look; a process that is killed says nothing, and its successor that the services are there. For one thread.
class StateTeller {
  public:
    /// @param seed of ids @pre the bus outlives it
    StateTeller(ports::EventBus& bus, std::uint64_t seed) : bus_(bus), ids_(seed) {}

    /// Makes the topic where it is missing. @errors as EventBus::create_topic
    Result<void> open();
    /// Compares with what was said last; waits for nothing. @param status_json GetStatusReply, as ServiceHost::status_json
    /// How many changes were said. @errors bad_input (no such document), failed (the bus)
    Result<int> look(const std::string& status_json, UnixNanos now);
    /// All services have stopped; waits until that is durable. @errors failed (the bus)
    Result<int> all_stopped(UnixNanos now);

  private:
    struct Told {
        int state = 0;
        std::string reason, instance, build_version;
    };
    Result<Event> message(const std::string& service, const Told& before, const Told& after, UnixNanos now);

    ports::EventBus& bus_;
    UuidMaker ids_;
    std::map<std::string, Told> told_;
};

}  // namespace aitrading::kit
