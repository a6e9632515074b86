#include "kit/http/session.hpp"

#include <vector>

namespace aitrading::kit {

bool SessionBook::enter(std::uint64_t id, const std::shared_ptr<Session>& session, SteadyTime now) {
    std::shared_ptr<Session> gives_way;
    {
        const std::lock_guard lock(mutex_);
        if (entries_.size() >= most_) {
            auto oldest = entries_.end();
            for (auto i = entries_.begin(); i != entries_.end(); ++i)
                if (i->second.quiet && (oldest == entries_.end() || i->second.since < oldest->second.since)) oldest = i;
            if (oldest == entries_.end()) return false;
            gives_way = oldest->second.session.lock();
            entries_.erase(oldest);
        }
        entries_[id] = {session, true, now};
    }
    if (gives_way) gives_way->abort();
    return true;
}

void SessionBook::replace(std::uint64_t id, const std::shared_ptr<Session>& session) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found != entries_.end()) found->second.session = session;
}

void SessionBook::quiet(std::uint64_t id, bool is_quiet, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    if (is_quiet && !found->second.quiet) found->second.since = now;
    found->second.quiet = is_quiet;
}

void SessionBook::leave(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    entries_.erase(id);
    if (entries_.empty()) emptied_.notify_all();
}

std::uint64_t SessionBook::next_id() {
    const std::lock_guard lock(mutex_);
    return next_++;
}

std::size_t SessionBook::size() {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

namespace {

template <class Entries>
std::vector<std::shared_ptr<Session>> alive(const Entries& entries) {
    std::vector<std::shared_ptr<Session>> out;
    for (const auto& [id, entry] : entries)
        if (auto session = entry.session.lock()) out.push_back(std::move(session));
    return out;
}

}  // namespace

void SessionBook::drain_all() {
    std::vector<std::shared_ptr<Session>> sessions;
    {
        const std::lock_guard lock(mutex_);
        sessions = alive(entries_);
    }
    for (const auto& session : sessions) session->drain();
}

void SessionBook::abort_all() {
    std::vector<std::shared_ptr<Session>> sessions;
    {
        const std::lock_guard lock(mutex_);
        sessions = alive(entries_);
    }
    for (const auto& session : sessions) session->abort();
}

bool SessionBook::wait_until_empty(SteadyTime until) {
    std::unique_lock lock(mutex_);
    return emptied_.wait_until(lock, until, [this] { return entries_.empty(); });
}

}  // namespace aitrading::kit
