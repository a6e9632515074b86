#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ports/event_bus/event_bus.hpp"

namespace aitrading::kit {

/// Makes durable what has gone out live already: nobody waits for the acknowledgements, but a bus that refuses is told at the next flush.
/// For one thread; `durable` from any.
class Keeper {
  public:
    /// @param bus none: nothing is kept; else it outlives the keeper
    Keeper(ports::EventBus* bus, std::string topic) : bus_(bus), topic_(std::move(topic)) {}

    /// Makes the topic where it is missing. @errors as EventBus::create_topic
    Result<void> open();
    void add(const Event& event);
    /// Hands over what was added. Waits up to half a minute for room: nothing is dropped. @errors failed (the bus refused these or earlier ones)
    Result<void> flush();
    /// Events that the bus has acknowledged.
    std::uint64_t durable() const { return told_->events; }

  private:
    /// Written by the bus's threads; lives as long as they may.
    struct Told {
        std::atomic<std::uint64_t> events = 0;
        std::atomic<bool> failed = false;
        std::string why;  ///< written before `failed`
    };
    ports::EventBus* bus_;
    std::string topic_;
    std::vector<Event> waiting_;
    std::shared_ptr<Told> told_ = std::make_shared<Told>();
};

}  // namespace aitrading::kit
