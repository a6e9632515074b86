#include "kit/requests/watchers.hpp"

#include <utility>

namespace aitrading::kit {

Result<void> Watchers::add(Wants wants, std::shared_ptr<ReplyStream> stream) {
    auto gone = std::make_shared<std::atomic<bool>>(false);
    stream->on_close([gone] { *gone = true; });
    const std::lock_guard lock(mutex_);
    if (ended_) return fail(ErrorCode::failed, "the service is stopping", true);
    std::erase_if(readers_, [](const Reader& r) { return r.gone->load(); });
    if (readers_.size() >= readers_max_) return fail(ErrorCode::failed, "too many readers watch already", true);
    readers_.push_back({std::move(wants), std::move(stream), std::move(gone)});
    return {};
}

void Watchers::send(const google::protobuf::Message& reply) {
    const std::lock_guard lock(mutex_);
    std::erase_if(readers_, [&](const Reader& r) { return r.gone->load() || (r.wants(reply) && !r.stream->send(reply)); });
}

void Watchers::end() {
    std::vector<Reader> readers;
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        readers = std::exchange(readers_, {});
    }
    for (const Reader& r : readers) r.stream->end();
}

std::size_t Watchers::size() const {
    const std::lock_guard lock(mutex_);
    return readers_.size();
}

}  // namespace aitrading::kit
