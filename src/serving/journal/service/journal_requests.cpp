#include "serving/journal/service/journal_requests.hpp"

#include <algorithm>

#include "aitrading/v1/journal.pb.h"
#include "kit/contracts/contracts.hpp"
#include "serving/journal/service/stored_events.hpp"

namespace aitrading::serving {
namespace {

constexpr int events_at_first = 100, events_max = 1'000, reads_max = 20;
constexpr std::size_t reply_bytes_max = std::size_t{1} << 20;
constexpr std::chrono::seconds publish_wait_max{20};
constexpr const char* platform_tenant = "default";

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

Result<v1::TopicSummary> summary(ports::EventBus& bus, const std::string& topic, bool with_groups) {
    v1::TopicSummary out;
    out.set_topic(topic);
    for (const kit::EventContract& contract : kit::event_contracts())
        if (contract.topic == topic) out.add_types(contract.type);
    TRY(const std::vector<std::int64_t> ends, bus.ends(topic));
    TRY(const std::vector<std::int64_t> firsts, bus.firsts(topic));
    for (const std::int64_t end : ends) out.add_ends(end);
    for (const std::int64_t first : firsts) out.add_firsts(first);
    if (!with_groups) return out;
    TRY(const std::vector<std::string> groups, bus.groups(topic));
    for (const std::string& group : groups) {
        TRY(const std::vector<std::int64_t> committed, bus.committed(topic, group));
        v1::GroupLag& lag = *out.add_groups();
        lag.set_group(group);
        std::int64_t behind = 0;
        for (std::size_t p = 0; p < committed.size(); ++p) {
            lag.add_committed(committed[p]);
            behind += std::max<std::int64_t>(0, ends[p] - committed[p]);
        }
        lag.set_lag(behind);
    }
    return out;
}

/// Bounded by events, bytes, reads and the caller's time: `next_offset` says where to go on.
Result<v1::ReadEventsReply> read_events(ports::EventBus& bus, const v1::ReadEventsRequest& request, const kit::Call& call) {
    TRY(const std::vector<std::int64_t> firsts, bus.firsts(request.topic()));
    if (request.partition() < 0 || static_cast<std::size_t>(request.partition()) >= firsts.size())
        return fail(ErrorCode::not_found, "topic '" + request.topic() + "' has partitions 0 to " + std::to_string(firsts.size() - 1));
    const int most = request.events_max() == 0 ? events_at_first : request.events_max();
    if (most < 1 || most > events_max) return fail(ErrorCode::bad_input, "events_max: 1 to " + std::to_string(events_max));
    std::int64_t from = request.from_offset() == 0 ? firsts[static_cast<std::size_t>(request.partition())] : request.from_offset();
    v1::ReadEventsReply reply;
    std::size_t bytes = 0;
    for (int reads = 0; reads < reads_max && reply.events_size() < most && bytes < reply_bytes_max; ++reads) {
        TRY(const auto some, bus.read(request.topic(), {request.partition(), from}, {.events_max = events_max, .bytes_max = reply_bytes_max}));
        if (some.empty() || call.deadline.passed(steady_now())) break;
        for (const ports::Delivery& d : some) {
            if (reply.events_size() >= most || bytes >= reply_bytes_max) break;
            from = d.position.offset + 1;
            if (d.event.tenant != call.tenant || (!request.subject().empty() && d.event.subject != request.subject())) continue;
            fill(*reply.add_events(), d, request.as_json());
            bytes += size_bytes(d.event);
        }
    }
    reply.set_next_offset(from);
    return reply;
}

Result<v1::ListDeadLettersReply> dead_letters(ports::EventBus& bus, const v1::ListDeadLettersRequest& request, const kit::Call& call) {
    TRY(const auto letters, bus.dead_letters(request.topic(), request.group()));
    v1::ListDeadLettersReply reply;
    for (const ports::DeadLetter& letter : letters) {
        if (letter.event.tenant != call.tenant) continue;
        if (reply.letters_size() == events_max) break;  // the oldest; they are seen to first
        v1::DeadLetterEntry& out = *reply.add_letters();
        fill(*out.mutable_stored(), {letter.event, letter.position, letter.attempts}, true);
        out.set_attempts(letter.attempts);
        out.set_reason(letter.reason);
        out.set_died_ns(letter.time.value);
    }
    return reply;
}

Result<v1::PublishEventsReply> store(ports::EventBus& bus, const std::string& topic, std::vector<Event> events, const kit::Call& call) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(call.deadline.left(steady_now()));
    TRY(const auto receipts, bus.publish_and_wait(topic, std::move(events), std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds(0), publish_wait_max)));
    v1::PublishEventsReply reply;
    for (const ports::Receipt& receipt : receipts) {
        v1::PublishReceipt& out = *reply.add_receipts();
        out.mutable_position()->set_partition(receipt.position.partition);
        out.mutable_position()->set_offset(receipt.position.offset);
        out.set_duplicate(receipt.duplicate);
    }
    return reply;
}

void fill(v1::ReadModelCheck& out, const std::string& read_model, const kit::StandingCheck::Found& one, bool in_words) {
    out.set_read_model(read_model);
    out.set_topic(one.topic);
    out.set_checked_ns(one.last.checked.value);
    out.set_compared(one.last.compared);
    out.set_differences(one.last.differences());
    out.set_unread(one.last.unread);
    out.set_from_start(one.last.from_start);
    if (!in_words) return;
    out.set_first_difference(one.last.first_difference);
    out.set_failure(one.last.failure);
}

}  // namespace

Uuid JournalRequests::next_id() {
    const std::lock_guard lock(mutex_);
    return ids_.next(options_.now());
}

void JournalRequests::add_lists(kit::RequestHandlers& handlers) {
    handlers.on<v1::ListTopicsRequest, v1::ListTopicsReply>("aitrading.v1.JournalService/ListTopics", [this](const v1::ListTopicsRequest&, const kit::Call& call) -> Result<v1::ListTopicsReply> {
        TRY(const std::vector<std::string> topics, bus_.topics());
        v1::ListTopicsReply reply;
        for (const std::string& topic : topics) {
            TRY(*reply.add_topics(), summary(bus_, topic, call.tenant == platform_tenant));
        }
        return reply;
    });
    handlers.on<v1::ListDeadLettersRequest, v1::ListDeadLettersReply>("aitrading.v1.JournalService/ListDeadLetters", [this](const v1::ListDeadLettersRequest& request, const kit::Call& call) {
        return dead_letters(bus_, request, call);
    });
    handlers.on<v1::ListChecksRequest, v1::ListChecksReply>("aitrading.v1.JournalService/ListChecks", [this](const v1::ListChecksRequest&, const kit::Call& call) -> Result<v1::ListChecksReply> {
        v1::ListChecksReply reply;
        for (const auto& one : options_.checks()) fill(*reply.add_checks(), options_.read_model, one, call.tenant == platform_tenant);
        return reply;
    });
}

void JournalRequests::add_events(kit::RequestHandlers& handlers) {
    handlers.on<v1::ReadEventsRequest, v1::ReadEventsReply>("aitrading.v1.JournalService/ReadEvents",
                                                            [this](const v1::ReadEventsRequest& request, const kit::Call& call) { return read_events(bus_, request, call); });
    handlers.on_stream<v1::WatchEventsRequest, v1::StoredEvent>(
        "aitrading.v1.JournalService/WatchEvents", [this](const v1::WatchEventsRequest& request, const kit::Call& call, const std::shared_ptr<kit::ReplyStream>& stream) -> Result<void> {
            EventWatch::Reader reader{.topic = request.topic(), .tenant = call.tenant, .subject = request.subject(), .from_start = request.from_start(), .send = {}, .end = {}};
            reader.send = [stream, as_json = request.as_json()](const ports::Delivery& delivery) {
                v1::StoredEvent event;
                serving::fill(event, delivery, as_json);
                return stream->send(event);
            };
            reader.end = [stream] { stream->end(); };
            const auto gone = reader.gone;
            TRY_VOID(watch_.add(std::move(reader)));
            stream->on_close([gone] { *gone = true; });
            return {};
        });
    handlers.on<v1::PublishEventsRequest, v1::PublishEventsReply>("aitrading.v1.JournalService/PublishEvents", [this](const v1::PublishEventsRequest& request, const kit::Call& call) -> Result<v1::PublishEventsReply> {
        if (!options_.may_publish(request.topic()))
            return fail(ErrorCode::gate_refused, "events of " + request.topic() + " are not taken from outside; the setting AITRADING_PUBLISH_TOPICS lists those that are");
        if (request.events_size() < 1 || request.events_size() > events_max) return fail(ErrorCode::bad_input, "events: 1 to " + std::to_string(events_max) + " at once");
        std::vector<Event> events;
        events.reserve(static_cast<std::size_t>(request.events_size()));
        for (const v1::EventEnvelope& envelope : request.events()) {
            auto event = outside_event(envelope, request.topic(), {call.tenant, call.trace, options_.now(), next_id()});
            if (!event) return fail(event.error().code, "event " + std::to_string(events.size() + 1) + ": " + event.error().text);
            events.push_back(std::move(*event));
        }
        return store(bus_, request.topic(), std::move(events), call);
    });
}

void JournalRequests::add_to(kit::RequestHandlers& handlers) {
    add_lists(handlers);
    add_events(handlers);
}

}  // namespace aitrading::serving
