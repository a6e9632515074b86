#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "kit/lifecycle/pump.hpp"
#include "kit/live_topic/live_topic.hpp"

namespace aitrading::kit {

/// The thread of a service that lives on one live topic: it hears what is published from `start` on, and at a stop finishes what has come.
class Listener {
  public:
    /// Handles events in their order. An error ends the listening.
    using Take = std::function<Result<void>(const LiveReader::Batch&)>;
    /// @pre topic is there
    explicit Listener(std::shared_ptr<LiveTopic> topic) : topic_(std::move(topic)) {}

    /// What there is to do while nothing comes: called about every 50 ms then, from the same thread.
    using Idle = std::function<Result<void>()>;
    enum class Urgency : std::uint8_t {
        usual,
        background,  ///< where cores are few it gives way to the other threads of the machine
    };
    /// @pre it does not run
    void start(Take take, Idle idle = {}, Urgency urgency = Urgency::usual);
    void stop() { pump_.stop(); }
    /// As Pump::health.
    Result<void> health() const { return pump_.health(); }
    std::string last_error() const { return pump_.last_error(); }
    /// Events that were published since `start` and are not handled yet.
    std::int64_t lag() const;
    /// Events that gave way before they were read.
    std::uint64_t missed() const { return missed_; }

  private:
    Result<void> listen(const Take& take, const Idle& idle, const std::stop_token& stop);
    std::shared_ptr<LiveTopic> topic_;
    std::unique_ptr<LiveReader> reader_;
    std::uint64_t first_ = 0;  ///< events of the topic before it subscribed
    std::atomic<std::uint64_t> handled_ = 0, missed_ = 0;
    Pump pump_;
};

}  // namespace aitrading::kit
