#include "kit/live_topic/live_topic.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace aitrading::kit {

std::shared_ptr<LiveTopic> LiveTopic::make(std::size_t capacity) {
    CHECK(capacity >= 1);
    return std::shared_ptr<LiveTopic>(new LiveTopic(capacity));
}

void LiveTopic::publish(EventPointer event) { publish({&event, 1}); }

void LiveTopic::publish(std::span<EventPointer> events) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        for (EventPointer& event : events) {
            // The old event leaves in the caller's place and is freed after the lock: freeing takes longer than the rest.
            std::swap(ring_[next_ % ring_.size()], event);
            ++next_;
        }
        wake = waiting_ > 0;
    }
    if (wake) arrived_.notify_all();
    for (EventPointer& event : events) event.reset();
}

std::unique_ptr<LiveReader> LiveTopic::subscribe() {
    const std::lock_guard lock(mutex_);
    return std::unique_ptr<LiveReader>(new LiveReader(shared_from_this(), next_));
}

std::uint64_t LiveTopic::count() const {
    const std::lock_guard lock(mutex_);
    return next_;
}

bool LiveReader::poll(Batch& batch, std::size_t events_max, std::chrono::milliseconds wait) {
    CHECK(events_max >= 1);
    batch.events.clear();
    batch.missed = 0;
    LiveTopic& topic = *topic_;
    std::unique_lock lock(topic.mutex_);
    if (topic.next_ == next_ && wait.count() > 0) {
        ++topic.waiting_;
        topic.arrived_.wait_for(lock, wait, [&] { return topic.next_ != next_; });
        --topic.waiting_;
    }
    const std::uint64_t capacity = topic.ring_.size();
    const std::uint64_t oldest = topic.next_ > capacity ? topic.next_ - capacity : 0;
    if (next_ < oldest) {
        batch.missed = oldest - next_;
        missed_ += batch.missed;
        next_ = oldest;
    }
    const std::uint64_t end = std::min<std::uint64_t>(topic.next_, next_ + events_max);
    for (; next_ < end; ++next_) batch.events.push_back(topic.ring_[next_ % capacity]);
    return !batch.events.empty();
}

}  // namespace aitrading::kit
