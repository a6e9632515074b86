#include "kit/lifecycle/topic_inlet.hpp"

#include <map>
#include <utility>
#include <vector>

namespace aitrading::kit {
namespace {

constexpr ports::PollLimits turn{.events_max = 1'000, .bytes_max = std::size_t{4} << 20, .wait = std::chrono::milliseconds(50)};

}  // namespace

Result<void> TopicInlet::start() {
    TRY_VOID(bus_.create_topic(topic_, {}));
    TRY(auto joined, bus_.subscribe(topic_, group_, {.start = ports::SubscribeOptions::Start::latest}));
    pump_.start([this, member = std::shared_ptr(std::move(joined))](const std::stop_token& stop) { return take_in(*member, stop); });
    return {};
}

Result<void> TopicInlet::take_in(ports::Subscription& member, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        TRY(auto events, member.poll(turn));
        if (events.empty()) continue;
        std::vector<LiveTopic::EventPointer> heard;
        std::map<int, std::int64_t> last;
        heard.reserve(events.size());
        for (ports::Delivery& one : events) {
            last[one.position.partition] = one.position.offset;
            heard.push_back(std::make_shared<const Event>(std::move(one.event)));
        }
        live_->publish(heard);
        ports::Commit done;
        for (const auto& [partition, offset] : last) done.up_to.push_back({partition, offset});
        // Where members changed meanwhile the events come again, to whoever has their partition now; listeners pass over what they know.
        if (const auto kept = member.commit(done); !kept && !kept.error().retry_helps) return std::unexpected(kept.error());
    }
    return {};
}

}  // namespace aitrading::kit
