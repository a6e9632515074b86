#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "base/deadline.hpp"

namespace aitrading::kit {

/// A connection as its server sees it: a request that runs, a stream or a WebSocket. Both may be called from any thread.
class Session {
  public:
    virtual ~Session() = default;
    /// Ends as soon as what is under way is done; one that is quiet ends at once.
    virtual void drain() = 0;
    virtual void abort() = 0;
};

/// The sessions of one server. Bounded: where there is no room, the one that has been quiet longest gives way to the new one.
class SessionBook {
  public:
    explicit SessionBook(std::size_t most) : most_(most) {}

    /// Takes a new session; false: full of sessions that are all busy.
    bool enter(std::uint64_t id, const std::shared_ptr<Session>& session, SteadyTime now);
    /// The next of this connection's lives (a request becomes a stream).
    void replace(std::uint64_t id, const std::shared_ptr<Session>& session);
    /// Whether it waits for its peer with nothing begun.
    void quiet(std::uint64_t id, bool is_quiet, SteadyTime now);
    void leave(std::uint64_t id);
    std::uint64_t next_id();
    std::size_t size();
    void drain_all();
    void abort_all();
    bool wait_until_empty(SteadyTime until);

  private:
    struct Entry {
        std::weak_ptr<Session> session;
        bool quiet = true;
        SteadyTime since;
    };
    std::size_t most_;
    std::mutex mutex_;
    std::condition_variable emptied_;
    std::map<std::uint64_t, Entry> entries_;
    std::uint64_t next_ = 1;
};

}  // namespace aitrading::kit
