#pragma once

#include <memory>
#include <string>

#include "kit/lifecycle/pump.hpp"
#include "kit/lifecycle/service.hpp"
#include "kit/live_topic/live_topic.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::kit {

/// What another process publishes on a durable topic, heard here as a live one: how services that meet on a live topic meet across
/// processes. Instances of one service share the topic's partitions, so that each subject comes to one of them. Within a subject the order is
/// that of publication. A new group begins with what comes; an old one goes on where it was, so that a restart misses nothing but what it
/// had heard and not worked on when it was killed.
class TopicInlet final : public Service {
  public:
    /// @param group of the service that listens   @pre the bus outlives it
    TopicInlet(ports::EventBus& bus, std::string topic, std::string group, std::shared_ptr<LiveTopic> live)
        : bus_(bus), topic_(std::move(topic)), group_(std::move(group)), live_(std::move(live)) {}
    ~TopicInlet() override { pump_.stop(); }

    Result<void> start() override;
    Result<void> ready() override { return pump_.health(); }
    std::string last_error() override { return pump_.last_error(); }
    void stop(Deadline) override { pump_.stop(); }

  private:
    Result<void> take_in(ports::Subscription& member, const std::stop_token& stop);

    ports::EventBus& bus_;
    const std::string topic_, group_;
    std::shared_ptr<LiveTopic> live_;
    Pump pump_;
};

}  // namespace aitrading::kit
