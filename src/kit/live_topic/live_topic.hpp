#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "domain/event.hpp"

namespace aitrading::kit {

class LiveReader;

/// A topic inside one process that keeps nothing: for what is worth more now than complete later, such as ticks and
/// predictions on their way to a screen. What must not be lost goes to the journal.
///
/// Bounded: the last `capacity` events. Overflow rule: a publisher never waits; the oldest event gives way, and a reader that
/// had not come to it is told how many it missed. Events are shared, never copied, and come to every reader in one order.
/// Safe to use from several threads.
class LiveTopic : public std::enable_shared_from_this<LiveTopic> {
  public:
    using EventPointer = std::shared_ptr<const Event>;

    /// @pre 1 <= capacity
    static std::shared_ptr<LiveTopic> make(std::size_t capacity);

    void publish(EventPointer event);
    /// As one: readers see them together.
    void publish(std::span<EventPointer> events);
    /// A reader that sees what is published from now on.
    std::unique_ptr<LiveReader> subscribe();
    /// Events published so far.
    std::uint64_t count() const;

  private:
    friend class LiveReader;
    explicit LiveTopic(std::size_t capacity) : ring_(capacity) {}

    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    int waiting_ = 0;  ///< readers asleep: nobody is woken where nobody sleeps
    std::uint64_t next_ = 0;
    std::vector<EventPointer> ring_;
};

/// One reader's place in a live topic. For one thread.
class LiveReader {
  public:
    struct Batch {
        std::vector<LiveTopic::EventPointer> events;
        std::uint64_t missed = 0;  ///< gave way before this reader came to them, just before `events`
    };
    /// Puts at most `events_max` next events in place of what `batch` held, waiting up to `wait` for the first; false where
    /// nothing came. @pre events_max >= 1
    bool poll(Batch& batch, std::size_t events_max, std::chrono::milliseconds wait);
    /// Missed since it was made.
    std::uint64_t missed() const { return missed_; }

  private:
    friend class LiveTopic;
    LiveReader(std::shared_ptr<LiveTopic> topic, std::uint64_t next) : topic_(std::move(topic)), next_(next) {}

    std::shared_ptr<LiveTopic> topic_;
    std::uint64_t next_, missed_ = 0;
};

}  // namespace aitrading::kit
