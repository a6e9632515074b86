#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/deadline.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::kit {

/// Sends deadlines back when they are due: SagaDeadlineSet on `ops.timers` becomes SagaDeadlinePassed there. What is waiting is kept
/// with the offsets of its group, so that a restart or a kill forgets nothing and sends nothing twice: each turn is one step.
/// A deadline is a time of the wall clock; how long it is until then is asked once, when it is read, and counted by the steady clock:
/// a wall clock that steps makes none pass too early or too late, until a restart asks again.
/// Memory: some hundred bytes a deadline. For one thread; `waiting` from any. One at a time on a bus. @pre the bus outlives it
class Timers {
  public:
    struct Clock {
        std::function<UnixNanos()> wall;
        std::function<SteadyTime()> steady;
    };
    Timers(ports::EventBus& bus, Clock clock) : bus_(bus), clock_(std::move(clock)) {}

    /// Takes what was set and sends what is due, waiting at most so long for either; how many were sent.
    /// @errors failed: the bus, then the next turn begins from what is committed; another process does the same, as long as it does
    Result<int> turn(std::chrono::milliseconds wait);
    /// Deadlines that are not due yet.
    std::int64_t waiting() const { return waiting_; }
    /// Events that were no deadline and were passed over.
    std::int64_t refused() const { return refused_; }

  private:
    /// What waits lies in so many entries of the group's state: a change writes one of them.
    static constexpr std::size_t buckets = 64;
    Result<void> open();
    Result<int> step(std::chrono::milliseconds wait);
    void add(Event set);
    std::chrono::milliseconds until_next(std::chrono::milliseconds most) const;
    void take_due(ports::Commit& step);

    ports::EventBus& bus_;
    Clock clock_;
    std::unique_ptr<ports::Subscription> member_;
    bool shared_ = false;  ///< another one had partitions at the last poll
    std::array<std::map<Uuid, Event>, buckets> sets_;  ///< deadlines by the ids of their events
    std::multimap<SteadyTime, Uuid> due_;
    std::set<std::size_t> changed_;
    std::atomic<std::int64_t> waiting_ = 0, refused_ = 0;
};

}  // namespace aitrading::kit
