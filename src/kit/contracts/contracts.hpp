#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/event.hpp"

namespace google::protobuf {
class Message;
}

namespace aitrading::kit {

enum class EventKind {
    domain,       ///< something happened in our own business
    integration,  ///< data or results handed on to others
    command,      ///< asks one service to act
};
/// `domain integration command`
std::string_view name(EventKind kind);

/// What schema/ says of a message that crosses a topic.
struct EventContract {
    std::string type;           ///< of the envelope
    std::string topic;
    EventKind kind = EventKind::domain;
    std::string message;        ///< full name of the protobuf message
    std::string subject_field;  ///< the string field that becomes the envelope's subject
};

/// All of them, by topic, then in the order of the schema.
const std::vector<EventContract>& event_contracts();
/// None: no contract has this type. @complexity O(log contracts)
const EventContract* find_contract(std::string_view type);
/// Every topic once, in order of their names.
std::vector<std::string> contract_topics();

/// What an envelope says besides its message.
struct Origin {
    Uuid id;
    std::string source;  ///< a URI reference: `/trading-engine`
    std::string tenant = "default";
    UnixNanos time;
    std::optional<TraceContext> trace;
};

/// The trace of what an event causes: the same trace, the new event's id as its step. None where the cause has none.
std::optional<TraceContext> next_step(const Event& cause, const Uuid& id);
/// A trace that begins with this event.
TraceContext first_step(const Uuid& id);

/// The message in its envelope: type and subject as the schema has them, data in protobuf's binary form.
/// @errors bad_input: a message that is no event, a probability outside [0, 1], text that is no UTF-8, an envelope that check_event
/// refuses (such as an empty subject); the text names message and field
Result<Event> pack(const google::protobuf::Message& message, Origin origin);

/// Who says something whose id follows from it, see derived_id.
struct Speaker {
    std::string source, tenant = "default";
    UnixNanos now;    ///< the event's time
    UnixNanos about;  ///< the time that the message speaks of: the id's
};

/// As pack, with a derived_id; the trace is the cause's next step, or begins here. @param cause none: it begins something
Result<Event> pack_derived(const google::protobuf::Message& message, Speaker speaker, const Event* cause = nullptr);

/// The message in an envelope. Fields that this build does not know are kept and go out again.
/// @param message of the type that is expected; holds something unspecified after an error
/// @errors bad_input: another type than the message's, damaged bytes, a probability outside [0, 1], another subject than the
/// message's; the text names the event
Result<void> unpack(const Event& event, google::protobuf::Message& message);

/// unpack into a message of the type that the compiler is told.
template <class M>
Result<M> unpack_as(const Event& event) {
    M message;
    TRY_VOID(unpack(event, message));
    return message;
}

/// An event's data as one JSON object: names as in the schema, single values also where they are 0 or empty, 64-bit integers as
/// strings, fields that this build does not know left out. For people: shows also what unpack refuses for its values.
/// @errors not_found (no contract has this type), bad_input (damaged bytes)
Result<std::string> data_as_json(const Event& event);

/// Any message of the contracts as JSON, as data_as_json. @errors failed
Result<std::string> to_json(const google::protobuf::Message& message);
/// The other direction, for bodies of requests; names in snake_case or lowerCamelCase.
/// @errors bad_input: no JSON, an unknown field, a value that does not fit, a probability outside [0, 1]
Result<void> from_json(std::string_view json, google::protobuf::Message& message);

/// pack of a message that is given as JSON. @errors not_found (no contract has this type), bad_input (from_json, pack)
Result<Event> pack_json(std::string_view type, std::string_view json, Origin origin);

}  // namespace aitrading::kit
