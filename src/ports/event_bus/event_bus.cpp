#include "ports/event_bus/event_bus.hpp"

#include <algorithm>
#include <future>

namespace aitrading::ports {

Result<std::vector<Receipt>> EventBus::publish_and_wait(std::string_view topic, std::vector<Event> events,
                                                        std::chrono::milliseconds wait_for_room) {
    // Shared: the engine may still hold its copy of the callback when this call has returned.
    const auto told = std::make_shared<std::promise<Result<std::vector<Receipt>>>>();
    auto answer = told->get_future();
    TRY_VOID(publish(topic, std::move(events), [told](const auto& receipts) { told->set_value(receipts); }, wait_for_room));
    return answer.get();
}

Result<bool> caught_up(EventBus& bus, std::string_view topic, std::string_view group) {
    TRY(const std::vector<std::int64_t> ends, bus.ends(topic));
    TRY(const std::vector<std::int64_t> committed, bus.committed(topic, group));
    for (std::size_t p = 0; p < ends.size(); ++p) {
        if (committed[p] >= ends[p]) continue;
        TRY(const std::vector<Delivery> rest, bus.read(topic, {static_cast<int>(p), committed[p] + 1}, {.events_max = 1}));
        if (!rest.empty() && rest.front().position.offset <= ends[p]) return false;
    }
    return true;
}

Result<void> check_bus_name(std::string_view kind, std::string_view name) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'; };
    if (!name.empty() && name.size() <= 100 && std::ranges::all_of(name, fits)) return {};
    return fail(ErrorCode::usage, std::string(kind) + " '" + std::string(name.substr(0, 100)) +
                                      "': a name has 1 to 100 lower-case letters, digits, dots, dashes or underscores");
}

Result<void> check_poll(const PollLimits& limits) {
    if (limits.events_max >= 1 && limits.events_max <= poll_events_max && limits.wait.count() >= 0) return {};
    return fail(ErrorCode::usage, "a poll takes 1 to " + std::to_string(poll_events_max) + " events and a wait of 0 or more");
}

}  // namespace aitrading::ports
