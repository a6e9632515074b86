#pragma once

#include <memory>
#include <vector>

#include "apps/aitrading/commands.hpp"
#include "engines/event_bus/journal/journal_view.hpp"

namespace aitrading::apps {

/// Events for commands that look: of the journal's file, beside whoever has it open, or of a bus.
class EventSource {
  public:
    virtual ~EventSource() = default;
    /// By topic and partition, as of now. @errors failed, gate_refused
    virtual Result<std::vector<engines::PartitionExtent>> extents() = 0;
    /// Events from `from` to at most the extent's last, within the limits; empty where nothing of it is left. @errors failed, gate_refused
    virtual Result<std::vector<ports::Delivery>> read(const engines::PartitionExtent& extent, std::int64_t from, const ports::PollLimits& limits) = 0;
};

/// Of a bus that outlives it.
std::unique_ptr<EventSource> source_of(ports::EventBus& bus);
/// Of the home: its journal, or Kafka where the settings say so. @errors not_found (no journal yet), failed (no broker answers), bad_input (settings)
Result<std::unique_ptr<EventSource>> open_event_source(const Context& context);

}  // namespace aitrading::apps
