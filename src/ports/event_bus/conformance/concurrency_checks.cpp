#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "ports/event_bus/conformance/checks.hpp"

namespace aitrading::ports::conformance {
namespace {

constexpr int writers = 3, each = 400, members = 2;

/// One writer's events: its own subjects, counting up.
std::vector<Event> events_of(int writer) {
    UuidMaker ids(static_cast<std::uint64_t>(writer) + 100);
    std::vector<Event> events;
    for (int i = 0; i < each; ++i) {
        Event event;
        event.id = ids.next({i * 1'000'000LL});
        event.type = "ops.load_appended";
        event.source = "/conformance";
        event.subject = "w" + std::to_string(writer) + "." + std::to_string(i % 4);
        event.data = std::to_string(i / 4);
        events.push_back(std::move(event));
    }
    return events;
}

/// What the members of one group saw, each event with the effect that it committed.
struct Seen {
    std::mutex mutex;
    std::vector<Delivery> committed;
    std::string broken;
    std::atomic<int> count{0};
    std::atomic<bool> stop{false};

    void add(const std::vector<Delivery>& some) {
        const std::lock_guard lock(mutex);
        committed.insert(committed.end(), some.begin(), some.end());
        count += static_cast<int>(some.size());
    }
    void say(const std::string& what) {
        const std::lock_guard lock(mutex);
        broken = what;
        stop = true;
    }
};

void consume(EventBus& bus, Seen& seen) {
    auto member = bus.subscribe("t", "g", {});
    if (!member) return seen.say(member.error().text);
    while (seen.count < writers * each && !seen.stop) {
        const auto some = (*member)->poll({.events_max = 50, .wait = std::chrono::milliseconds(20)});
        if (!some) return seen.say(some.error().text);
        if (some->empty()) continue;
        const auto done = (*member)->commit({.up_to = last_of(*some)});
        if (done) seen.add(*some);
        else if (!done.error().retry_helps) return seen.say(done.error().text);
    }
}

void produce(EventBus& bus, int writer, Seen& seen) {
    const std::vector<Event> events = events_of(writer);
    for (std::size_t from = 0; from < events.size() && !seen.stop; from += 20) {
        const auto done = bus.publish_and_wait("t", {events.begin() + static_cast<std::ptrdiff_t>(from), events.begin() + static_cast<std::ptrdiff_t>(from) + 20});
        if (!done) seen.say(done.error().text);
    }
}

std::string writers_and_members_side_by_side(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Seen seen;
    std::vector<std::thread> threads;
    threads.reserve(writers + members);
    for (int m = 0; m < members; ++m) threads.emplace_back([&] { consume(*b.bus, seen); });
    for (int w = 0; w < writers; ++w) threads.emplace_back([&, w] { produce(*b.bus, w, seen); });
    for (std::thread& thread : threads) thread.join();
    AIT_EXPECT(seen.broken.empty(), seen.broken);
    const auto all = all_of(*b.bus, "t");
    AIT_OK(all);
    AIT_EXPECT(all->size() == writers * each && disorder(*all).empty(), "every event once, in its subject's order " + disorder(*all));
    AIT_EXPECT(seen.committed.size() == writers * each, "every event was committed by one member, once");
    std::set<Uuid> ids;
    for (const Delivery& d : seen.committed) ids.insert(d.event.id);
    AIT_EXPECT(ids.size() == writers * each, "no event was committed twice");
    return {};
}

std::string twins_of_two_writers_are_stored_once(const MakeGround& make) {
    Bench b(make);
    AIT_EXPECT(b.broken.empty(), b.broken);
    Seen seen;
    std::vector<std::thread> threads;
    threads.reserve(2);
    for (int twin = 0; twin < 2; ++twin) threads.emplace_back([&] { produce(*b.bus, 0, seen); });
    for (std::thread& thread : threads) thread.join();
    AIT_EXPECT(seen.broken.empty(), seen.broken);
    const auto all = all_of(*b.bus, "t");
    AIT_OK(all);
    AIT_EXPECT(all->size() == each && disorder(*all).empty(), "each id once, in order " + disorder(*all));
    return {};
}

}  // namespace

std::vector<Check> concurrency_checks() {
    return {{"writers_and_members_side_by_side", writers_and_members_side_by_side},
            {"twins_of_two_writers_are_stored_once", twins_of_two_writers_are_stored_once}};
}

}  // namespace aitrading::ports::conformance
