#include "kit/events/ops_alerts.hpp"

#include "aitrading/v1/operations.pb.h"
#include "base/bytes.hpp"
#include "kit/contracts/contracts.hpp"
#include "kit/events/committing.hpp"

namespace aitrading::kit {
namespace {

constexpr const char* topic = "ops.alerts";
constexpr std::string_view magic = "alert1";
constexpr int commit_attempts = 5;

std::string state_key(const std::string& name) { return "raised/" + name; }

v1::Severity severity_of(Severity severity) {
    switch (severity) {
        case Severity::info: return v1::SEVERITY_INFO;
        case Severity::warning: return v1::SEVERITY_WARNING;
        case Severity::error: return v1::SEVERITY_ERROR;
        case Severity::critical: return v1::SEVERITY_CRITICAL;
    }
    return v1::SEVERITY_UNSPECIFIED;
}

struct Raised {
    UnixNanos since;
    std::string service;
};

Result<Raised> read_raised(std::string_view bytes) {
    TRY(ByteReader in, ByteReader::unseal(bytes, magic, "a raised alert"));
    Raised out{{in.get<std::int64_t>()}, {}};
    out.service = in.get_text();
    return out;
}

}  // namespace

Result<std::unique_ptr<OpsAlerts>> OpsAlerts::open(ports::EventBus& bus, const std::string& group, WallClock now, std::uint64_t seed) {
    std::unique_ptr<OpsAlerts> out(new OpsAlerts(std::move(now), seed));
    TRY_VOID(bus.create_topic(topic, {}));
    TRY(out->member_, bus.subscribe(topic, group, {.start = ports::SubscribeOptions::Start::latest}));
    return out;
}

/// The group's offsets go along, so that it keeps no event from retention.
Result<void> OpsAlerts::commit(ports::Commit step) {
    for (int attempt = 1;; ++attempt) {
        TRY(const auto some, member_->poll({}));
        step.up_to = last_positions(some);
        TRY(const bool done, commit_or_poll_again(*member_, step));
        if (done) return {};
        if (attempt == commit_attempts) return fail(ErrorCode::failed, "ops.alerts: others joined the group again and again", true);
    }
}

Result<bool> OpsAlerts::raise(const OpsAlert& alert, std::vector<Event> beside) {
    TRY(const auto known, member_->state(state_key(alert.name)));
    ports::Commit step;
    for (Event& event : beside) step.produced.push_back({topic, std::move(event)});
    if (!known) {
        const UnixNanos time = now_();
        v1::OpsAlertRaised message;
        message.set_alert(alert.name);
        message.set_service(alert.service);
        message.set_severity(severity_of(alert.severity));
        message.set_text(alert.text);
        message.set_remedy(alert.remedy);
        message.set_observed(alert.observed);
        message.set_threshold(alert.threshold);
        message.set_known_ns(time.value);
        TRY(Event event, pack(message, {.id = ids_.next(time), .source = "/" + alert.service, .tenant = "default", .time = time, .trace = std::nullopt}));
        step.produced.push_back({topic, std::move(event)});
        ByteWriter state;
        state.put(time.value);
        state.put_text(alert.service);
        step.state.push_back({state_key(alert.name), state.sealed(magic)});
    }
    if (!step.produced.empty()) TRY_VOID(commit(std::move(step)));
    return !known;
}

Result<bool> OpsAlerts::clear(const std::string& name) {
    TRY(const auto known, member_->state(state_key(name)));
    if (!known) return false;
    TRY(const Raised raised, read_raised(*known));
    const UnixNanos time = now_();
    v1::OpsAlertCleared message;
    message.set_alert(name);
    message.set_service(raised.service);
    message.set_lasted_ns(time.value - raised.since.value);
    TRY(Event event, pack(message, {.id = ids_.next(time), .source = "/" + raised.service, .tenant = "default", .time = time, .trace = std::nullopt}));
    ports::Commit step;
    step.state.push_back({state_key(name), std::nullopt});
    step.produced.push_back({topic, std::move(event)});
    TRY_VOID(commit(std::move(step)));
    return true;
}

}  // namespace aitrading::kit
