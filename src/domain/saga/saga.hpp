#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/event.hpp"

/// A saga: steps done by others, one after the other, each asked for by a command and ended by a reply; where one fails, those
/// before it are undone. Here is the pure part: a state and an event give the next state and what is to be said. It has no
/// clock: time passes by events. Whoever runs it makes state, outputs and the event's offset durable in one step, so that a
/// saga goes on after any crash as if there had been none.
namespace aitrading::saga {

/// What an instance knows: how it began and what it heard.
struct Facts {
    std::string instance;                      ///< e.g. the order's id
    Event start;
    std::map<std::string, std::string> heard;  ///< data of the last reply of each type
    friend bool operator==(const Facts&, const Facts&) = default;
};

/// A kind of message that a saga sends. Its data are made of the facts alone, so that a repeat says the same: the receiver
/// knows by the instance that it has done it already.
struct Message {
    std::string topic, type;
    std::function<std::string(const Facts&)> data;
};

struct Step {
    std::string name;
    Message ask;
    std::string done, refused;           ///< types of the replies; a refusal says that nothing was done
    std::optional<Message> undo;         ///< none: nothing to undo. It must be harmless where the step was never done
    std::string undone, undo_refused;    ///< types of its replies
    /// What lies behind this step cannot be undone any more (a trade is a trade): a refusal is asked again, and at last parked.
    bool must_succeed = false;
    std::int64_t patience_nanos = 30 * nanos_per_second;  ///< until the deadline of each attempt
    int attempts_max = 3;                ///< of asking, and of undoing
};

/// A deadline as it travels: set with each command, and sent back by whoever has a clock when it has passed.
struct Deadline {
    std::string saga, instance;
    int step = 0;
    bool undoing = false;
    int attempt = 1;
    UnixNanos due;
    friend bool operator==(const Deadline&, const Deadline&) = default;
};
std::string deadline_text(const Deadline& deadline);
/// @errors bad_input
Result<Deadline> parse_deadline(std::string_view text);

struct Definition {
    std::string name;
    std::string start_type;
    std::vector<Step> steps;
    /// Which instance an event speaks of; none: not of this saga. All events of an instance have one subject.
    std::function<std::optional<std::string>(const Event&)> instance_of;
    Message completed, undone;            ///< what it says at its end
    Message parked;                       ///< to operators: compensation or a step that must succeed has failed too often
    std::string resume_type = "SagaResumed";  ///< an operator's word: tries once more from where it is parked
    std::string timers_topic = "ops.timers", deadline_set = "SagaDeadlineSet", deadline_passed = "SagaDeadlinePassed";
};
/// @errors usage (no steps, a type that means two things, attempts below 1)
Result<void> check_definition(const Definition& saga);
/// Types of events that move this saga.
std::vector<std::string> heard_types(const Definition& saga);

enum class Phase : std::uint8_t { running, undoing, completed, undone, parked };
std::string_view name(Phase phase);

struct State {
    Phase phase = Phase::running;
    int step = 0;       ///< that is asked for, or being undone
    int attempt = 1;
    bool undoing = false;  ///< where parked: in which direction
    std::string reason;    ///< of the failure, in words
    Facts facts;
    friend bool operator==(const State&, const State&) = default;
};

/// As kept by a journal. @errors bad_input (damaged, newer)
std::string pack(const State& state);
Result<State> unpack(std::string_view bytes);

struct Output {
    std::string topic;
    Event event;  ///< its id follows from the cause's
};
struct Outcome {
    std::optional<State> state;  ///< none: the event changes nothing (a duplicate, too late, of another instance)
    std::vector<Output> outputs;
};

/// What an event does to an instance. @param state none: nothing is known of the instance @complexity O(facts)
Outcome advance(const Definition& saga, const std::optional<State>& state, const Event& cause);

}  // namespace aitrading::saga
