#include "kit/events/timers.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "kit/events/committing.hpp"
#include "kit/events/saga_messages.hpp"

namespace aitrading::kit {
namespace {

constexpr const char* topic = "ops.timers";
constexpr std::string_view magic = "timers1";
constexpr int events_max = 500;  // of one step

std::size_t bucket_of(const Uuid& id) { return id.bytes[15] % 64U; }
std::string bucket_key(std::size_t bucket) { return "waiting/" + std::to_string(bucket); }

std::unexpected<Error> another_clock() {
    return fail(ErrorCode::failed, "another process sends the deadlines of ops.timers back; of the processes on one bus one alone has AITRADING_TIMERS", true);
}

std::string pack_bucket(const std::map<Uuid, Event>& sets) {
    ByteWriter out;
    out.put(static_cast<std::uint64_t>(sets.size()));
    for (const auto& [id, event] : sets) {
        for (const std::string& text : {id.text(), event.type, event.source, event.subject, event.tenant, event.trace ? event.trace->traceparent() : std::string(), event.data}) out.put_text(text);
        out.put(event.time.value);
    }
    return out.sealed(magic);
}

Result<std::vector<Event>> unpack_bucket(std::string_view bytes) {
    TRY(ByteReader in, ByteReader::unseal(bytes, magic, "deadlines that wait"));
    std::vector<Event> out;
    for (auto left = in.get<std::uint64_t>(); left > 0 && !in.failed(); --left) {
        Event event;
        TRY(event.id, parse_uuid(in.get_text()));
        for (std::string* text : {&event.type, &event.source, &event.subject, &event.tenant}) *text = in.get_text();
        if (const std::string trace = in.get_text(); !trace.empty()) {
            TRY(event.trace, parse_traceparent(trace));
        }
        event.data = in.get_text();
        event.time.value = in.get<std::int64_t>();
        out.push_back(std::move(event));
    }
    if (in.failed()) return fail(ErrorCode::bad_input, "deadlines that wait: cut short");
    return out;
}

}  // namespace

Result<void> Timers::open() {
    TRY_VOID(bus_.create_topic(topic, {}));
    TRY(auto member, bus_.subscribe(topic, "timers", {}));
    for (auto& sets : sets_) sets.clear();
    due_.clear();
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        TRY(const auto bytes, member->state(bucket_key(bucket)));
        if (!bytes) continue;
        TRY(std::vector<Event> sets, unpack_bucket(*bytes));
        for (Event& set : sets) add(std::move(set));
    }
    changed_.clear();
    member_ = std::move(member);
    return {};
}

/// A deadline whose event cannot be read is passed over: nobody waits for what nobody understands.
void Timers::add(Event set) {
    const auto deadline = read_deadline(set);
    if (!deadline) {
        ++refused_;
        return;
    }
    const std::int64_t left = std::max<std::int64_t>(0, deadline->due.value - clock_.wall().value);
    due_.emplace(clock_.steady() + std::chrono::nanoseconds(left), set.id);
    const std::size_t bucket = bucket_of(set.id);
    changed_.insert(bucket);
    sets_[bucket].insert_or_assign(set.id, std::move(set));
}

std::chrono::milliseconds Timers::until_next(std::chrono::milliseconds most) const {
    if (due_.empty()) return most;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_.begin()->first - clock_.steady());
    return std::clamp(left, std::chrono::milliseconds(0), most);
}

void Timers::take_due(ports::Commit& step) {
    const SteadyTime now = clock_.steady();
    const UnixNanos wall = clock_.wall();
    for (int i = 0; i < events_max && !due_.empty() && due_.begin()->first <= now; ++i) {
        const Uuid id = due_.begin()->second;
        due_.erase(due_.begin());
        const std::size_t bucket = bucket_of(id);
        const auto found = sets_[bucket].find(id);
        if (found == sets_[bucket].end()) continue;
        if (auto passed = deadline_passed(found->second, wall)) step.produced.push_back({topic, std::move(*passed)});
        sets_[bucket].erase(found);
        changed_.insert(bucket);
    }
}

Result<int> Timers::step(std::chrono::milliseconds wait) {
    TRY(const auto some, member_->poll({.events_max = events_max, .wait = until_next(wait)}));
    if (!member_->alone()) {
        shared_ = true;
        member_->rewind();
        return another_clock();
    }
    if (shared_) {  // what waits there now was written by the other one
        shared_ = false;
        member_.reset();
        return 0;
    }
    for (const ports::Delivery& d : some)
        if (d.event.type == "SagaDeadlineSet") add(d.event);
    ports::Commit step{.up_to = last_positions(some)};
    take_due(step);
    for (const std::size_t bucket : changed_)
        step.state.push_back({bucket_key(bucket), sets_[bucket].empty() ? std::nullopt : std::optional(pack_bucket(sets_[bucket]))});
    std::int64_t waiting = 0;
    for (const auto& sets : sets_) waiting += static_cast<std::int64_t>(sets.size());
    if (step.up_to.empty() && step.state.empty()) return 0;
    TRY(const bool done, commit_or_poll_again(*member_, step));
    if (!done) return another_clock();
    changed_.clear();
    waiting_ = waiting;
    return static_cast<int>(step.produced.size());
}

Result<int> Timers::turn(std::chrono::milliseconds wait) {
    if (!member_) {
        TRY_VOID(open());
        std::int64_t waiting = 0;
        for (const auto& sets : sets_) waiting += static_cast<std::int64_t>(sets.size());
        waiting_ = waiting;
    }
    auto sent = step(wait);
    if (!sent && !shared_) member_.reset();
    return sent;
}

}  // namespace aitrading::kit
