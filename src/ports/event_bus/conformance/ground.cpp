#include "ports/event_bus/conformance/ground.hpp"

#include <algorithm>
#include <map>

namespace aitrading::ports::conformance {

Event Counter::next(const std::string& subject) {
    auto found = std::ranges::find(counts_, subject, &std::pair<std::string, int>::first);
    if (found == counts_.end()) found = counts_.insert(counts_.end(), {subject, 0});
    Event event;
    clock_ += 1'000'000;
    event.time = {clock_};
    event.id = ids_.next(event.time);
    event.type = "ops.load_appended";
    event.source = "/conformance";
    event.subject = subject;
    event.tenant = "tenant-1";
    if (found->second % 2 == 0) event.trace = TraceContext{{1, 2, 3}, {4, 5, 6}, TraceContext::sampled};
    event.data = std::to_string(found->second++);
    return event;
}

std::vector<Event> Counter::some(int count, int subjects) {
    std::vector<Event> events;
    events.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) events.push_back(next("s" + std::to_string(i % subjects)));
    return events;
}

Result<std::vector<Delivery>> all_of(EventBus& bus, std::string_view topic) {
    std::vector<Delivery> all;
    TRY(const std::vector<std::int64_t> ends, bus.ends(topic));
    for (int partition = 0; partition < static_cast<int>(ends.size()); ++partition) {
        Position from{partition, 1};
        while (from.offset <= ends[static_cast<std::size_t>(partition)]) {
            TRY(std::vector<Delivery> some, bus.read(topic, from, {}));
            if (some.empty() && !bus.promises().offsets_without_gaps) break;  // what is left up to the end is the engine's
            if (some.empty()) return fail(ErrorCode::failed, "an offset below the end cannot be read");
            from.offset = some.back().position.offset + 1;
            std::ranges::move(some, std::back_inserter(all));
        }
    }
    return all;
}

Result<std::vector<Delivery>> drain(Subscription& member, int events_max) {
    std::vector<Delivery> all;
    for (;;) {
        TRY(std::vector<Delivery> some, member.poll({.events_max = events_max}));
        if (some.empty()) return all;
        if (some.size() > static_cast<std::size_t>(events_max)) return fail(ErrorCode::failed, "a poll exceeds its bound");
        std::ranges::move(some, std::back_inserter(all));
    }
}

Result<std::vector<Delivery>> drain_at_least(Subscription& member, std::size_t count) {
    std::vector<Delivery> all;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (all.size() < count && std::chrono::steady_clock::now() < deadline) {
        TRY(std::vector<Delivery> some, member.poll({.events_max = 100, .wait = std::chrono::milliseconds(200)}));
        std::ranges::move(some, std::back_inserter(all));
    }
    TRY(std::vector<Delivery> rest, drain(member));
    std::ranges::move(rest, std::back_inserter(all));
    return all;
}

std::vector<Delivery> of_partition(const std::vector<Delivery>& deliveries, int partition) {
    std::vector<Delivery> out;
    for (const Delivery& d : deliveries)
        if (d.position.partition == partition) out.push_back(d);
    return out;
}

std::vector<Position> last_of(const std::vector<Delivery>& deliveries) {
    std::map<int, std::int64_t> last;
    for (const Delivery& d : deliveries) last[d.position.partition] = std::max(last[d.position.partition], d.position.offset);
    std::vector<Position> out;
    out.reserve(last.size());
    for (const auto& [partition, offset] : last) out.push_back({partition, offset});
    return out;
}

std::string disorder(const std::vector<Delivery>& deliveries) {
    std::map<std::string, int> next;
    for (const Delivery& d : deliveries) {
        int& expected = next[d.event.subject];
        if (d.event.data != std::to_string(expected))
            return "subject " + d.event.subject + ": " + d.event.data + " came where " + std::to_string(expected) + " was due";
        ++expected;
    }
    return {};
}

}  // namespace aitrading::ports::conformance
