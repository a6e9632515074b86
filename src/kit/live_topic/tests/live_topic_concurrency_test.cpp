#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>

#include "kit/live_topic/live_topic.hpp"

namespace aitrading::kit {
namespace {

constexpr int publishers = 2, each = 20'000, readers = 2;

/// What a reader saw, or was told it missed, is all there was, in each publisher's order.
std::string read_all(LiveReader& reader) {
    std::map<std::string, int> last;
    std::uint64_t seen = 0;
    LiveReader::Batch batch;
    while (seen + reader.missed() < publishers * each) {
        if (!reader.poll(batch, 500, std::chrono::seconds(30))) return "nothing came";
        for (const auto& event : batch.events) {
            const int n = std::stoi(event->data);
            const auto [at, is_new] = last.try_emplace(event->subject, n);
            if (!is_new && n <= at->second) return "a publisher is out of order";
            at->second = n;
        }
        seen += batch.events.size();
    }
    return seen + reader.missed() == publishers * each ? "" : "too much came";
}

TEST(LiveTopic, publishers_and_readers_side_by_side) {
    const auto topic = LiveTopic::make(256);
    std::vector<std::unique_ptr<LiveReader>> places;
    std::vector<std::string> broken(readers);
    std::vector<std::thread> threads;
    threads.reserve(publishers + readers);
    places.reserve(readers);
    for (int r = 0; r < readers; ++r) places.push_back(topic->subscribe());
    for (std::size_t r = 0; r < readers; ++r) threads.emplace_back([&, r] { broken[r] = read_all(*places[r]); });
    for (int p = 0; p < publishers; ++p)
        threads.emplace_back([&topic, p] {
            for (int n = 0; n < each; ++n) {
                auto event = std::make_shared<Event>();
                event->subject = "p" + std::to_string(p);
                event->data = std::to_string(n);
                topic->publish(std::move(event));
            }
        });
    for (std::thread& thread : threads) thread.join();
    for (const std::string& what : broken) EXPECT_EQ(what, "");
}

}  // namespace
}  // namespace aitrading::kit
