#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::apps {

/// Where a command's events go: into the platform that runs on the home, by its own JournalService, or onto the bus itself where none
/// runs. What is not known to be stored is safe to publish again.
class EventSink {
  public:
    virtual ~EventSink() = default;
    /// The bus, where the command has it for itself; null: a platform has it.
    virtual ports::EventBus* bus() = 0;
    /// Durable when it returns. @errors as EventBus::publish; as JournalService answers (gate_refused: not taken from outside)
    virtual Result<std::vector<ports::Receipt>> publish(const std::string& topic, const std::vector<Event>& events) = 0;
};

/// @errors failed (the journal is open in a process that does not serve it), bad_input (settings)
Result<std::unique_ptr<EventSink>> open_event_sink(const Context& context);

}  // namespace aitrading::apps
