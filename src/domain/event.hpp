#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "domain/trace_context.hpp"

namespace aitrading {

/// The envelope in which everything crosses a topic: the attributes of CloudEvents 1.0, never changed once published.
struct Event {
    Uuid id;              ///< version 7, drawn or derived_id; names this event for ever: publishing it again has no effect
    std::string type;     ///< names the contract of the data (schema/): `TradingExecuted`
    std::string source;   ///< who says it, a URI reference: `/trading-engine`
    std::string subject;  ///< whom it is about, and the ordering key: events of one subject keep their order
    std::string tenant = "default";
    UnixNanos time;                     ///< when it happened, not when it was stored
    std::optional<TraceContext> trace;  ///< what caused it
    std::string data;                   ///< the payload, bytes of the contract that `type` names
    friend bool operator==(const Event&, const Event&) = default;
};

/// Most bytes of an attribute and of the data. Larger things go to the archive, and the event names them.
inline constexpr std::size_t attribute_bytes_max = 256, event_data_bytes_max = std::size_t{1} << 20;

/// Whether an envelope may be published: id and attributes are there, within their sizes and free of control characters.
/// @errors bad_input, with the attribute and the event's id
Result<void> check_event(const Event& event);

/// The id of an event that follows from what it says and from its cause alone, however often and by whichever process it is said: a
/// replay that begins again says the same events. Source, type, subject, tenant and data count; time and trace do not.
/// @param about the time that it speaks of, which becomes the id's   @param cause nil: none
Uuid derived_id(const Event& event, UnixNanos about, const Uuid& cause);

/// Bytes that the event takes in queues and messages, without the overhead of its containers.
std::size_t size_bytes(const Event& event);

/// A sum over every attribute and the data: guards a stored event against damage, not against forgery.
std::uint64_t event_sum(const Event& event);

/// The partition of a subject: the same on every machine and in every build. @pre partitions >= 1
int partition_of(std::string_view subject, int partitions);

}  // namespace aitrading
