#include "kit/lifecycle/state_teller.hpp"

#include "aitrading/v1/status.pb.h"
#include "kit/contracts/contracts.hpp"

namespace aitrading::kit {
namespace {

constexpr const char* topic = "ops.alerts";

}  // namespace

Result<void> StateTeller::open() { return bus_.create_topic(topic, {}); }

Result<Event> StateTeller::message(const std::string& service, const Told& before, const Told& after, UnixNanos now) {
    v1::ServiceStateChanged out;
    out.set_service(service);
    out.set_instance(after.instance);
    out.set_state(static_cast<v1::ServiceState>(after.state));
    out.set_previous(static_cast<v1::ServiceState>(before.state));
    out.set_reason(after.reason);
    out.set_build_version(after.build_version);
    return pack(out, {.id = ids_.next(now), .source = "/" + service, .tenant = "default", .time = now, .trace = std::nullopt});
}

Result<int> StateTeller::look(const std::string& status_json, UnixNanos now) {
    v1::GetStatusReply reply;
    TRY_VOID(from_json(status_json, reply));
    std::vector<Event> events;
    std::map<std::string, Told> seen;
    for (const v1::ServiceStatus& s : reply.services()) {
        Told after{s.state(), s.state() == v1::SERVICE_STATE_READY ? std::string() : s.last_error(), s.instance(), s.build_version()};
        const auto known = told_.find(s.service());
        const Told before = known == told_.end() ? Told{} : known->second;
        if (before.state != after.state) {
            TRY(Event event, message(s.service(), before, after, now));
            events.push_back(std::move(event));
        }
        seen[s.service()] = std::move(after);
    }
    const int count = static_cast<int>(events.size());
    if (count > 0) TRY_VOID(bus_.publish(topic, std::move(events), [](const auto&) {}, std::chrono::milliseconds(0)));
    for (auto& [service, state] : seen) told_[service] = std::move(state);
    return count;
}

Result<int> StateTeller::all_stopped(UnixNanos now) {
    std::vector<Event> events;
    for (auto& [service, state] : told_) {
        Told after = state;
        after.state = v1::SERVICE_STATE_STOPPED;
        after.reason = "the process stops";
        TRY(Event event, message(service, state, after, now));
        events.push_back(std::move(event));
    }
    told_.clear();
    const int count = static_cast<int>(events.size());
    if (count > 0) {
        TRY([[maybe_unused]] const auto receipts, bus_.publish_and_wait(topic, std::move(events), std::chrono::seconds(1)));
    }
    return count;
}

}  // namespace aitrading::kit
