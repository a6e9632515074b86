#include "kit/lifecycle/listener.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace aitrading::kit {
namespace {

constexpr int background_niceness = 10;
constexpr std::size_t batch_max = 256;
constexpr std::chrono::milliseconds look_for_stop{50};

}  // namespace

void Listener::start(Take take, Idle idle, Urgency urgency) {
    first_ = topic_->count();
    reader_ = topic_->subscribe();
    pump_.start([this, take = std::move(take), idle = std::move(idle), urgency](const std::stop_token& stop) {
        // Of Linux a thread has a niceness of its own; where it is refused the thread runs as the others do.
        if (urgency == Urgency::background) ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), background_niceness);
        return listen(take, idle, stop);
    });
}

std::int64_t Listener::lag() const {
    const std::uint64_t published = topic_->count() - first_, seen = handled_ + missed_;
    return published > seen ? static_cast<std::int64_t>(published - seen) : 0;
}

Result<void> Listener::listen(const Take& take, const Idle& idle, const std::stop_token& stop) {
    LiveReader::Batch batch;
    while (true) {
        const bool stopping = stop.stop_requested();
        if (!reader_->poll(batch, batch_max, stopping ? std::chrono::milliseconds(0) : look_for_stop)) {
            if (stopping) return {};
            if (idle) TRY_VOID(idle());
            continue;
        }
        missed_ += batch.missed;
        TRY_VOID(take(batch));
        handled_ += batch.events.size();
    }
}

}  // namespace aitrading::kit
