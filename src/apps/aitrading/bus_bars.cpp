#include "apps/aitrading/bus_bars.hpp"

#include <algorithm>
#include <utility>

#include "kit/lifecycle/composite_service.hpp"
#include "kit/lifecycle/topic_inlet.hpp"

namespace aitrading::apps {

void bring_in_bars(const std::vector<kit::ServiceSpec>& services, std::map<std::string, kit::ServiceFactory>& factories, ports::EventBus& bus, const std::shared_ptr<kit::LiveTopic>& bars) {
    const auto runs = [&](const char* name) { return std::ranges::any_of(services, [&](const kit::ServiceSpec& s) { return s.name == name; }); };
    if (runs("data-bridge")) return;
    std::string last;
    for (const kit::ServiceSpec& service : services)
        if (std::ranges::find(service.topics_in, "market.bars") != service.topics_in.end() && factories.contains(service.name)) last = service.name;
    if (last.empty()) return;
    factories[last] = [&bus, bars, last, inside = std::move(factories[last])](const kit::ServiceGround& ground) -> std::unique_ptr<kit::Service> {
        std::vector<kit::CompositeService::Part> parts;
        parts.push_back({last, inside(ground)});
        parts.push_back({"bars of the bus", std::make_unique<kit::TopicInlet>(bus, "market.bars", last, bars)});
        return std::make_unique<kit::CompositeService>(std::move(parts));
    };
}

}  // namespace aitrading::apps
