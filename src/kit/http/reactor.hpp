#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/deadline.hpp"

namespace aitrading::kit {

/// The threads that wait for sockets and timers, shared by every server and client of a process. What runs on them must
/// not block: work goes to `Workers`.
class Reactor {
  public:
    explicit Reactor(int threads);
    /// Stops, as `stop`. Whatever uses it is gone before.
    ~Reactor();

    void post(std::function<void()> work);
    /// Runs `work` at that time on one of the threads, unless the reactor stops before.
    void at(SteadyTime time, std::function<void()> work);
    /// Returns after the threads have ended; what waits is dropped.
    void stop();
    /// The Asio context, for the sources of this room.
    void* native();

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace aitrading::kit
