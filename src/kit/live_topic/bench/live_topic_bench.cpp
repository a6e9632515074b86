#include <algorithm>
#include <chrono>
#include <thread>

#include "kit/live_topic/live_topic.hpp"
#include "kit/bench.hpp"

namespace aitrading::kit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int events_count = 2'000'000;

Event template_event() {
    Event event;
    event.type = "market.tick_received";
    event.source = "/data-bridge";
    event.subject = "EURUSD";
    event.data.assign(256, 'x');
    return event;
}

/// One publisher makes and publishes events with a full envelope and an id of their own, one at a time or in groups; one
/// reader takes them along the way. Events that reached the reader, per second; what gave way before it does not count.
double rate_of(std::size_t group, std::uint64_t& missed) {
    const auto topic = LiveTopic::make(65'536);
    const auto reader = topic->subscribe();
    const auto begun = Clock::now();
    std::thread reading([&] {
        LiveReader::Batch batch;
        std::uint64_t seen = 0;
        while (seen + reader->missed() < events_count)
            if (reader->poll(batch, 1'024, std::chrono::milliseconds(100))) seen += batch.events.size();
    });
    UuidMaker ids(1);
    const Event pattern = template_event();
    std::vector<LiveTopic::EventPointer> pieces;
    for (int i = 0; i < events_count; ++i) {
        auto event = std::make_shared<Event>(pattern);
        event->id = ids.next({i * 500LL});
        event->time = {i * 500LL};
        pieces.push_back(std::move(event));
        if (pieces.size() < group && i + 1 < events_count) continue;
        topic->publish(pieces);
        pieces.clear();
    }
    reading.join();
    missed = reader->missed();
    return static_cast<double>(events_count - missed) / std::chrono::duration<double>(Clock::now() - begun).count();
}

kit::BenchRow row(std::size_t group, const char* name) {
    std::uint64_t missed = 0, most_missed = 0;
    double best = 0;
    for (int i = 0; i < 3; ++i) {
        best = std::max(best, rate_of(group, missed));
        most_missed = std::max(most_missed, missed);
    }
    return {name, best, "events/s", 2e6, true, "none", {},
            "best of 3; each event made, 256 bytes, full envelope, id; one reader; it missed at most " + std::to_string(most_missed) + " of 2,000,000"};
}

}  // namespace
}  // namespace aitrading::kit

int main(int argc, char** argv) {
    using namespace aitrading::kit;  // NOLINT(google-build-using-namespace)
    return aitrading::kit::print_bench({row(1, "live topic, one event a call"), row(64, "live topic, 64 events a call")}, argc, argv);
}
