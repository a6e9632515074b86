#include "kit/events/saga_runner.hpp"

#include "kit/events/committing.hpp"
#include "kit/events/saga_messages.hpp"

namespace aitrading::kit {
namespace {

constexpr int events_max = 500;  // of one step: its states and commands lie in memory

std::string state_key(std::string_view instance) { return "saga/" + std::string(instance); }

}  // namespace

Result<std::unique_ptr<SagaRunner>> SagaRunner::open(ports::EventBus& bus, saga::Definition saga, const SagaRunnerOptions& options) {
    TRY_VOID(saga::check_definition(saga));
    std::unique_ptr<SagaRunner> out(new SagaRunner(bus, std::move(saga)));
    const std::string& name = out->saga_.name;
    out->inbox_ = "sagas." + name;
    for (std::string& type : saga::heard_types(out->saga_)) out->types_.insert(std::move(type));
    TRY_VOID(bus.create_topic(out->inbox_, {options.partitions}));
    for (const std::string& topic : options.sources) {
        TRY(auto source, bus.subscribe(topic, "saga." + name, {}));
        out->sources_.push_back(std::move(source));
    }
    TRY(out->member_, bus.subscribe(out->inbox_, name, {}));
    return out;
}

Result<int> SagaRunner::turn(std::chrono::milliseconds wait) {
    int handled = 0;
    for (const auto& source : sources_) {
        TRY(const int some, forward(*source));
        handled += some;
    }
    TRY(const int some, handle(handled > 0 ? std::chrono::milliseconds(0) : wait));
    return handled + some;
}

Result<int> SagaRunner::forward(ports::Subscription& source) {
    TRY(const auto some, source.poll({.events_max = events_max}));
    if (some.empty()) return 0;
    ports::Commit step{.up_to = last_positions(some)};
    for (const ports::Delivery& d : some)
        if (types_.contains(d.event.type) && saga_.instance_of(for_saga(d.event))) step.produced.push_back({inbox_, d.event});
    TRY(const bool done, commit_or_poll_again(source, step));
    return done ? static_cast<int>(some.size()) : 0;
}

Result<int> SagaRunner::handle(std::chrono::milliseconds wait) {
    TRY(const auto some, member_->poll({.events_max = events_max, .wait = wait}));
    if (some.empty()) return 0;
    ports::Commit step{.up_to = last_positions(some)};
    std::map<std::string, std::optional<saga::State>> states;  // of this step
    std::set<std::string> changed;
    for (const ports::Delivery& d : some) {
        const Event heard = for_saga(d.event);
        const auto key = saga_.instance_of(heard);
        if (!key) continue;
        auto found = states.find(*key);
        if (found == states.end()) {
            TRY(auto known, instance(*key));
            found = states.emplace(*key, std::move(known)).first;
        }
        saga::Outcome outcome = saga::advance(saga_, found->second, heard);
        if (!outcome.state) continue;
        found->second = std::move(outcome.state);
        changed.insert(*key);
        for (saga::Output& output : outcome.outputs) {
            TRY(Event said, from_saga(std::move(output.event)));
            step.produced.push_back({std::move(output.topic), std::move(said)});
        }
    }
    for (const std::string& key : changed) step.state.push_back({state_key(key), saga::pack(*states[key])});
    TRY(const bool done, commit_or_poll_again(*member_, step));
    return done ? static_cast<int>(some.size()) : 0;
}

Result<std::optional<saga::State>> SagaRunner::instance(std::string_view key) {
    TRY(const auto bytes, member_->state(state_key(key)));
    if (!bytes) return std::nullopt;
    TRY(saga::State state, saga::unpack(*bytes));
    return state;
}

}  // namespace aitrading::kit
