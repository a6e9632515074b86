#include "serving/journal/service/stored_events.hpp"

#include "aitrading/v1/envelope.pb.h"
#include "kit/contracts/contracts.hpp"

namespace aitrading::serving {
namespace {

constexpr std::string_view load_topic = "ops.load", load_type = "ops.load.appended";

/// A load's data are JSON of no contract, as the command line promises.
Result<Event> load_event(const v1::EventEnvelope& envelope, kit::Origin origin) {
    Event event;
    event.id = origin.id;
    event.type = envelope.type();
    event.source = std::move(origin.source);
    event.subject = envelope.subject();
    event.tenant = std::move(origin.tenant);
    event.time = origin.time;
    event.trace = origin.trace;
    event.data = envelope.payload_case() == v1::EventEnvelope::kData ? envelope.data() : envelope.data_json();
    TRY_VOID(check_event(event));
    return event;
}

Result<std::string> json_of(const v1::EventEnvelope& envelope) {
    if (envelope.payload_case() == v1::EventEnvelope::kDataJson) return envelope.data_json();
    Event bytes;
    bytes.type = envelope.type();
    bytes.data = envelope.data();
    return kit::data_as_json(bytes);
}

}  // namespace

void fill(v1::StoredEvent& out, const ports::Delivery& delivery, bool as_json) {
    const Event& event = delivery.event;
    out.mutable_position()->set_partition(delivery.position.partition);
    out.mutable_position()->set_offset(delivery.position.offset);
    v1::EventEnvelope& envelope = *out.mutable_event();
    envelope.set_id(event.id.text());
    envelope.set_type(event.type);
    envelope.set_source(event.source);
    envelope.set_subject(event.subject);
    envelope.set_tenant(event.tenant);
    envelope.set_time_ns(event.time.value);
    if (event.trace) envelope.set_traceparent(event.trace->traceparent());
    if (as_json) {
        if (auto json = kit::data_as_json(event)) {
            envelope.set_data_json(std::move(*json));
            return;
        }
    }
    envelope.set_data(event.data);
}

Result<void> check_outsider_type(const std::string& topic, const std::string& type) {
    if (topic == load_topic && type == load_type) return {};
    const kit::EventContract* contract = kit::find_contract(type);
    if (contract == nullptr || contract->topic != topic)
        return fail(ErrorCode::bad_input, "type '" + type + "': the contracts have no such event on " + topic + "; `aitrading journal contracts` lists them");
    if (contract->kind != kit::EventKind::domain) return {};
    return fail(ErrorCode::gate_refused, "type '" + type + "' says what happened: only the service in which it happens says that; commands are taken");
}

Result<Event> outside_event(const v1::EventEnvelope& envelope, const std::string& topic, const Outsider& who) {
    TRY_VOID(check_outsider_type(topic, envelope.type()));
    if (!envelope.tenant().empty() && envelope.tenant() != who.tenant)
        return fail(ErrorCode::gate_refused, "the event is of tenant '" + envelope.tenant() + "', the caller is '" + who.tenant + "'");
    kit::Origin origin{.id = who.fresh_id, .source = "/outside/" + who.tenant, .tenant = who.tenant, .time = who.now, .trace = who.trace};
    if (!envelope.id().empty()) {
        TRY(origin.id, parse_uuid(envelope.id()));
    }
    if (origin.id.version() != 7) return fail(ErrorCode::bad_input, "id '" + envelope.id() + "': a UUID of version 7 is expected");
    if (!envelope.source().empty()) origin.source += (envelope.source().front() == '/' ? "" : "/") + envelope.source();
    if (envelope.time_ns() != 0) origin.time = {envelope.time_ns()};
    if (!envelope.traceparent().empty()) {
        TRY(origin.trace, parse_traceparent(envelope.traceparent()));
    }
    if (topic == load_topic) return load_event(envelope, std::move(origin));
    TRY(const std::string json, json_of(envelope));
    TRY(Event event, kit::pack_json(envelope.type(), json, std::move(origin)));
    if (!envelope.subject().empty() && envelope.subject() != event.subject)
        return fail(ErrorCode::bad_input, "subject '" + envelope.subject() + "': the data say '" + event.subject + "'");
    return event;
}

}  // namespace aitrading::serving
