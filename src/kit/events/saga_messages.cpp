#include "kit/events/saga_messages.hpp"

#include "aitrading/v1/operations.pb.h"
#include "base/hash.hpp"
#include "kit/contracts/contracts.hpp"

namespace aitrading::kit {
namespace {

constexpr std::string_view set_type = "SagaDeadlineSet", passed_type = "SagaDeadlinePassed", resumed_type = "SagaResumed";

template <class Message>
saga::Deadline deadline_of(const Message& message) {
    return {message.saga(), message.instance(), message.step(), message.undoing(), message.attempt(), {message.due_ns()}};
}

template <class Message>
void fill(Message& message, const saga::Deadline& deadline, const std::string& key) {
    message.set_key(key);
    message.set_saga(deadline.saga);
    message.set_instance(deadline.instance);
    message.set_step(deadline.step);
    message.set_undoing(deadline.undoing);
    message.set_attempt(deadline.attempt);
    message.set_due_ns(deadline.due.value);
}

Uuid id_after(const Uuid& cause) {
    Fingerprint print;
    print.add(std::string_view(reinterpret_cast<const char*>(cause.bytes.data()), cause.bytes.size()));
    print.add(passed_type);
    std::uint64_t word = print.value();
    Uuid id = cause;
    for (std::size_t i = 9; i < id.bytes.size(); ++i, word >>= 8) id.bytes[i] = static_cast<std::uint8_t>(word);
    return id;
}

}  // namespace

Result<Event> from_saga(Event said) {
    if (said.type != set_type) return said;
    TRY(const saga::Deadline deadline, saga::parse_deadline(said.data));
    v1::SagaDeadlineSet message;
    fill(message, deadline, said.subject);
    return pack(message, {.id = said.id, .source = said.source, .tenant = said.tenant, .time = said.time, .trace = said.trace});
}

Result<saga::Deadline> read_deadline(const Event& event) {
    if (event.type == set_type) {
        TRY(const auto message, unpack_as<v1::SagaDeadlineSet>(event));
        return deadline_of(message);
    }
    TRY(const auto message, unpack_as<v1::SagaDeadlinePassed>(event));
    return deadline_of(message);
}

Event for_saga(const Event& event) {
    Event heard = event;
    if (event.type == passed_type) {
        if (const auto deadline = read_deadline(event)) heard.data = saga::deadline_text(*deadline);
    } else if (event.type == resumed_type) {
        if (const auto message = unpack_as<v1::SagaResumed>(event); message && !message->instance().empty()) heard.data = message->instance();
    }
    return heard;
}

Result<Event> deadline_passed(const Event& set, UnixNanos now) {
    TRY(const saga::Deadline deadline, read_deadline(set));
    v1::SagaDeadlinePassed message;
    fill(message, deadline, set.subject);
    message.set_passed_ns(now.value);
    const Uuid id = id_after(set.id);
    return pack(message, {.id = id, .source = "/timers", .tenant = set.tenant, .time = now, .trace = next_step(set, id)});
}

}  // namespace aitrading::kit
