#include "kit/contracts/contracts.hpp"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "aitrading/v1/options.pb.h"
#include "base/check.hpp"
#include "kit/contracts/contract_files.hpp"
#include "kit/contracts/field_values.hpp"

namespace aitrading::kit {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

EventKind kind_of(v1::EventKind kind) {
    switch (kind) {
        case v1::EVENT_KIND_INTEGRATION: return EventKind::integration;
        case v1::EVENT_KIND_COMMAND: return EventKind::command;
        default: return EventKind::domain;  // tools/schema refuses a contract without a kind
    }
}

struct Known {
    EventContract contract;
    const Descriptor* message = nullptr;
    const FieldDescriptor* subject = nullptr;
};

/// What the descriptors of this build say, read once.
struct Catalogue {
    std::map<std::string, Known, std::less<>> by_type;
    std::map<const Descriptor*, const Known*> by_message;
    std::vector<EventContract> ordered;

    Catalogue() {
        for (const std::string& file_name : contract_files()) {
            const auto* file = DescriptorPool::generated_pool()->FindFileByName(file_name);
            CHECK(file != nullptr);
            for (int j = 0; j < file->message_type_count(); ++j) add(*file->message_type(j));
        }
        std::ranges::stable_sort(ordered, {}, &EventContract::topic);
    }

    void add(const Descriptor& message) {
        if (!message.options().HasExtension(v1::event)) return;
        const v1::EventContract& said = message.options().GetExtension(v1::event);
        Known known{{said.type(), said.topic(), kind_of(said.kind()), message.full_name(), said.subject()}, &message,
                    message.FindFieldByName(said.subject())};
        CHECK(known.subject != nullptr && known.subject->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !known.subject->is_repeated());
        ordered.push_back(known.contract);
        const auto [at, fresh] = by_type.emplace(said.type(), std::move(known));
        CHECK(fresh);
        by_message.emplace(&message, &at->second);
    }
};

const Catalogue& catalogue() {
    static const Catalogue* const made = new Catalogue;  // outlives every thread
    return *made;
}

const Known* known_type(std::string_view type) {
    const auto at = catalogue().by_type.find(type);
    return at == catalogue().by_type.end() ? nullptr : &at->second;
}

const Known* known_message(const Message& message) {
    const auto at = catalogue().by_message.find(message.GetDescriptor());
    return at == catalogue().by_message.end() ? nullptr : at->second;
}

std::unique_ptr<Message> empty_message(const Known& known) {
    return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(known.message)->New());
}

std::unexpected<Error> no_such_type(std::string_view type) {
    return fail(ErrorCode::not_found, fmt::format("no contract of this build has the type '{}'", type));
}

std::string subject_of(const Known& known, const Message& message) { return message.GetReflection()->GetString(message, known.subject); }

std::unexpected<Error> refuse(const Event& event, const std::string& why) {
    return fail(ErrorCode::bad_input, fmt::format("event {} ({}): {}", event.id.text(), event.type, why));
}

Result<void> read_data(const Event& event, Message& message) {
    if (message.ParseFromString(event.data)) return {};
    return refuse(event, fmt::format("its {} bytes of data are no {}: cut short, damaged, or of another contract", event.data.size(), message.GetTypeName()));
}

}  // namespace

std::string_view name(EventKind kind) {
    switch (kind) {
        case EventKind::domain: return "domain";
        case EventKind::integration: return "integration";
        case EventKind::command: return "command";
    }
    return "domain";
}

const std::vector<EventContract>& event_contracts() { return catalogue().ordered; }

const EventContract* find_contract(std::string_view type) {
    const Known* known = known_type(type);
    return known == nullptr ? nullptr : &known->contract;
}

std::vector<std::string> contract_topics() {
    std::set<std::string> topics;
    for (const EventContract& contract : event_contracts()) topics.insert(contract.topic);
    return {topics.begin(), topics.end()};
}

std::optional<TraceContext> next_step(const Event& cause, const Uuid& id) {
    auto trace = cause.trace;
    // The second half of an id is random enough to name a step.
    if (trace) std::copy_n(id.bytes.begin() + 8, 8, trace->parent.begin());
    return trace;
}

TraceContext first_step(const Uuid& id) {
    TraceContext trace;
    trace.trace = id.bytes;
    std::copy_n(id.bytes.begin() + 8, 8, trace.parent.begin());
    return trace;
}

Result<Event> pack(const Message& message, Origin origin) {
    const Known* known = known_message(message);
    if (known == nullptr)
        return fail(ErrorCode::bad_input, message.GetTypeName() + " is no event: the schema gives it no topic; send it as a request");
    if (const std::string bad = bad_probability(message); !bad.empty())
        return fail(ErrorCode::bad_input, fmt::format("{}: {} is no probability in [0, 1]", known->contract.type, bad));
    if (const std::string bad = bad_text(message); !bad.empty())
        return fail(ErrorCode::bad_input, fmt::format("{}: {} is no UTF-8", known->contract.type, bad));
    Event event{origin.id, known->contract.type, std::move(origin.source), subject_of(*known, message), std::move(origin.tenant), origin.time, origin.trace, {}};
    if (event.subject.empty())
        return fail(ErrorCode::bad_input, fmt::format("{}: its field '{}' is empty, and is its ordering key", event.type, known->contract.subject_field));
    if (!message.SerializeToString(&event.data)) return refuse(event, "it is larger than 2 GiB");
    TRY_VOID(check_event(event));
    return event;
}

Result<Event> pack_derived(const Message& message, Speaker speaker, const Event* cause) {
    constexpr Uuid any{{0xFF}};  // none but the envelope's own check looks at it
    TRY(Event event, pack(message, {.id = any, .source = std::move(speaker.source), .tenant = std::move(speaker.tenant), .time = speaker.now, .trace = {}}));
    event.id = derived_id(event, speaker.about, cause == nullptr ? Uuid{} : cause->id);
    event.trace = cause == nullptr ? first_step(event.id) : next_step(*cause, event.id);
    return event;
}

Result<void> unpack(const Event& event, Message& message) {
    const Known* known = known_message(message);
    if (known == nullptr || known->contract.type != event.type)
        return refuse(event, fmt::format("{} was expected", known == nullptr ? message.GetTypeName() : known->contract.type));
    TRY_VOID(read_data(event, message));
    if (const std::string bad = bad_probability(message); !bad.empty()) return refuse(event, bad + " is no probability in [0, 1]");
    if (subject_of(*known, message) != event.subject)
        return refuse(event, fmt::format("its subject is '{}', and its field '{}' is '{}'", event.subject, known->contract.subject_field, subject_of(*known, message)));
    return {};
}

Result<std::string> data_as_json(const Event& event) {
    const Known* known = known_type(event.type);
    if (known == nullptr) return no_such_type(event.type);
    const std::unique_ptr<Message> message = empty_message(*known);
    TRY_VOID(read_data(event, *message));
    return to_json(*message);
}

Result<std::string> to_json(const Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    options.always_print_primitive_fields = true;
    std::string json;
    const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
    if (!status.ok()) return fail(ErrorCode::failed, message.GetTypeName() + " as JSON: " + std::string(status.message()));
    return json;
}

Result<void> from_json(std::string_view json, Message& message) {
    static_cast<void>(catalogue());  // silences protobuf's own words
    const auto status = google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &message);
    if (!status.ok()) return fail(ErrorCode::bad_input, fmt::format("no JSON of {}: {}", message.GetTypeName(), std::string(status.message())));
    if (const std::string bad = bad_probability(message); !bad.empty())
        return fail(ErrorCode::bad_input, fmt::format("{}: {} is no probability in [0, 1]", message.GetTypeName(), bad));
    return {};
}

Result<Event> pack_json(std::string_view type, std::string_view json, Origin origin) {
    const Known* known = known_type(type);
    if (known == nullptr) return no_such_type(type);
    const std::unique_ptr<Message> message = empty_message(*known);
    TRY_VOID(from_json(json, *message));
    return pack(*message, std::move(origin));
}

}  // namespace aitrading::kit
