#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kit/lifecycle/service.hpp"
#include "kit/lifecycle/service_table.hpp"
#include "kit/live_topic/live_topic.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::apps {

/// Where `data-bridge` runs in another process, its bars come by the bus: the last to start of those here that listen to them brings them
/// in, so that the others are there when the first comes. @param services in start order   @pre the bus outlives what the factories make
void bring_in_bars(const std::vector<kit::ServiceSpec>& services, std::map<std::string, kit::ServiceFactory>& factories, ports::EventBus& bus, const std::shared_ptr<kit::LiveTopic>& bars);

}  // namespace aitrading::apps
