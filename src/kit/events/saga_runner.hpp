#pragma once

#include <memory>
#include <set>

#include "domain/saga/saga.hpp"
#include "ports/event_bus/event_bus.hpp"

namespace aitrading::kit {

struct SagaRunnerOptions {
    std::vector<std::string> sources;  ///< topics on which starts, replies and deadlines come
    int partitions = 4;                ///< of the inbox
};

/// Runs the instances of one saga on a bus. Deadlines and an operator's word travel in their contracts (saga_messages.hpp). What it hears on its sources goes, in one step with their offsets, into an inbox
/// of its own (`sagas.NAME`); state, commands and the inbox's offset are one step too. Stopped or killed at any moment, it goes
/// on from there, and no command is there twice. Several runners of one saga share the work. For one thread.
class SagaRunner {
  public:
    /// Makes the inbox where it is missing. @errors usage (the definition), not_found (a source), failed @pre the bus outlives it
    static Result<std::unique_ptr<SagaRunner>> open(ports::EventBus& bus, saga::Definition saga, const SagaRunnerOptions& options);

    /// Forwards and handles what is there; waits at most `wait` for something. How many events were handled.
    /// @errors failed (the bus), bad_input (a stored state is damaged)
    Result<int> turn(std::chrono::milliseconds wait);
    /// An instance as committed; none: unknown. @errors failed, bad_input
    Result<std::optional<saga::State>> instance(std::string_view key);
    const std::string& inbox() const { return inbox_; }

  private:
    SagaRunner(ports::EventBus& bus, saga::Definition saga) : bus_(bus), saga_(std::move(saga)) {}
    Result<int> forward(ports::Subscription& source);
    Result<int> handle(std::chrono::milliseconds wait);

    ports::EventBus& bus_;
    saga::Definition saga_;
    std::string inbox_;
    std::set<std::string> types_;
    std::vector<std::unique_ptr<ports::Subscription>> sources_;
    std::unique_ptr<ports::Subscription> member_;
};

}  // namespace aitrading::kit
