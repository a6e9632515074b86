#include "serving/journal/service/event_watch.hpp"

#include <chrono>

namespace aitrading::serving {
namespace {

constexpr std::chrono::milliseconds between_looks{50};
constexpr int events_a_look = 500;
constexpr std::size_t bytes_a_look = 64 << 10;

}  // namespace

void EventWatch::start() {
    pump_.start([this](const std::stop_token& stop) { return run(stop); });
}

void EventWatch::stop() {
    pump_.stop();
    const std::lock_guard lock(mutex_);
    for (const auto& one : readers_) one->reader.end();
    readers_.clear();
}

Result<void> EventWatch::add(Reader reader) {
    auto one = std::make_shared<Following>();
    if (reader.from_start) {
        TRY(one->next, bus_.firsts(reader.topic));
    } else {
        TRY(one->next, bus_.ends(reader.topic));
        for (std::int64_t& offset : one->next) ++offset;
    }
    one->reader = std::move(reader);
    const std::lock_guard lock(mutex_);
    if (readers_.size() >= readers_max) return fail(ErrorCode::failed, std::to_string(readers_max) + " readers watch already", true);
    readers_.push_back(std::move(one));
    came_.notify_all();
    return {};
}

/// True: there was something. `alive` becomes false where the reader has gone.
bool EventWatch::read_some(Following& one, std::size_t partition, bool& alive) {
    const auto some = bus_.read(one.reader.topic, {static_cast<int>(partition), one.next[partition]}, {.events_max = events_a_look, .bytes_max = bytes_a_look});
    if (!some) {
        // Retention came by: what is left comes next. Any other trouble is the bus's, which says it itself.
        const auto firsts = bus_.firsts(one.reader.topic);
        if (some.error().code == ErrorCode::not_found && firsts) one.next[partition] = std::max(one.next[partition], (*firsts)[partition]);
        return false;
    }
    for (const ports::Delivery& d : *some) {
        one.next[partition] = d.position.offset + 1;
        if (d.event.tenant != one.reader.tenant) continue;
        if (!one.reader.subject.empty() && d.event.subject != one.reader.subject) continue;
        if (!one.reader.send(d)) {
            alive = false;
            return true;
        }
    }
    return !some->empty();
}

/// False: the reader has gone.
bool EventWatch::look(Following& one) {
    if (*one.reader.gone) return false;
    const auto ends = bus_.ends(one.reader.topic);
    if (!ends) return true;
    bool alive = true;
    for (std::size_t p = 0; p < one.next.size() && alive; ++p)
        if (one.next[p] <= (*ends)[p]) read_some(one, p, alive);
    return alive;
}

Result<void> EventWatch::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::vector<std::shared_ptr<Following>> all;
        {
            std::unique_lock lock(mutex_);
            if (readers_.empty()) came_.wait(lock, stop, [this] { return !readers_.empty(); });
            all = readers_;
        }
        std::vector<std::shared_ptr<Following>> gone;
        for (const auto& one : all)
            if (!look(*one)) gone.push_back(one);
        std::unique_lock lock(mutex_);
        for (const auto& one : gone) std::erase(readers_, one);
        came_.wait_for(lock, stop, between_looks, [] { return false; });
    }
    return {};
}

}  // namespace aitrading::serving
