#include "domain/saga/saga.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/bytes.hpp"

namespace aitrading::saga {
namespace {

constexpr std::string_view magic = "saga1";

/// An id of version 7 that follows from the cause: a crash between reading and commit makes the same one again.
Uuid derived_id(const Event& cause, std::size_t index) {
    Uuid id = cause.id;
    for (std::size_t half = 0; half < 2; ++half) {
        Fingerprint print;
        print.add(std::string_view(reinterpret_cast<const char*>(cause.id.bytes.data()), cause.id.bytes.size()));
        print.add(static_cast<std::uint64_t>(index * 2 + half));
        const std::uint64_t word = print.value();
        const std::size_t from = half == 0 ? 6 : 8;
        for (std::size_t i = from; i < from + (half == 0 ? 2U : 8U); ++i) id.bytes[i] = static_cast<std::uint8_t>(word >> (8 * (i - from)));
    }
    id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0f));
    id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

/// One event's effect on one instance, while it is worked out.
class Turn {
  public:
    Turn(const Definition& saga, State state, const Event& cause) : saga_(saga), state_(std::move(state)), cause_(cause) {}

    Outcome begin() {
        ask();
        return result();
    }
    Outcome resume() {
        state_.phase = state_.undoing ? Phase::undoing : Phase::running;
        state_.attempt = 1;
        ask();
        return result();
    }
    Outcome done() {
        remember();
        if (++state_.step == static_cast<int>(saga_.steps.size())) {
            --state_.step;
            finish(Phase::completed, saga_.completed);
        } else {
            state_.attempt = 1;
            ask();
        }
        return result();
    }
    /// Of the present step; `unknown`: it may have been done all the same.
    Outcome failed(std::string why, bool unknown) {
        if (step().must_succeed || state_.undoing || unknown) {
            if (state_.attempt < step().attempts_max) {
                ++state_.attempt;
                ask();
                return result();
            }
        }
        if (step().must_succeed || state_.undoing) return park(why);
        state_.reason = std::move(why);
        state_.undoing = true;
        undo_from(unknown ? state_.step : state_.step - 1);
        return result();
    }
    Outcome undone() {
        remember();
        undo_from(state_.step - 1);
        return result();
    }

  private:
    const Step& step() const { return saga_.steps[static_cast<std::size_t>(state_.step)]; }
    void remember() { state_.facts.heard[cause_.type] = cause_.data; }
    Outcome result() { return {std::move(state_), std::move(outputs_)}; }

    void say(const std::string& topic, const std::string& type, std::string data) {
        Event event;
        event.id = derived_id(cause_, outputs_.size());
        event.type = type;
        event.source = "/sagas/" + saga_.name;
        event.subject = state_.facts.start.subject;
        event.tenant = state_.facts.start.tenant;
        event.time = cause_.time;
        event.trace = cause_.trace;
        event.data = std::move(data);
        outputs_.push_back({topic, std::move(event)});
    }
    void say(const Message& message) {
        if (!message.type.empty()) say(message.topic, message.type, message.data ? message.data(state_.facts) : std::string());
    }
    /// The present step's command, or its undoing, with a deadline.
    void ask() {
        state_.phase = state_.undoing ? Phase::undoing : Phase::running;
        say(state_.undoing ? *step().undo : step().ask);
        const Deadline deadline{saga_.name, state_.facts.instance, state_.step, state_.undoing, state_.attempt, {cause_.time.value + step().patience_nanos}};
        say(saga_.timers_topic, saga_.deadline_set, deadline_text(deadline));
    }
    void undo_from(int from) {
        for (state_.step = from; state_.step >= 0; --state_.step) {
            if (!step().undo) continue;
            state_.attempt = 1;
            ask();
            return;
        }
        state_.step = 0;
        finish(Phase::undone, saga_.undone);
    }
    void finish(Phase phase, const Message& message) {
        state_.phase = phase;
        state_.facts.heard["reason"] = state_.reason;
        say(message);
    }
    Outcome park(const std::string& why) {
        state_.reason = step().name + (state_.undoing ? " cannot be undone: " : " must succeed and does not: ") + why;
        finish(Phase::parked, saga_.parked);
        return result();
    }

    const Definition& saga_;
    State state_;
    const Event& cause_;
    std::vector<Output> outputs_;
};

Outcome advance_known(const Definition& saga, const State& state, const Event& cause) {
    Turn turn(saga, state, cause);
    if (state.phase == Phase::parked) return cause.type == saga.resume_type ? turn.resume() : Outcome{};
    if (state.phase != Phase::running && state.phase != Phase::undoing) return {};
    const Step& step = saga.steps[static_cast<std::size_t>(state.step)];
    if (cause.type == saga.deadline_passed) {
        const auto passed = parse_deadline(cause.data);
        const bool present = passed && passed->saga == saga.name && passed->step == state.step && passed->undoing == state.undoing && passed->attempt == state.attempt;
        return present ? turn.failed(step.name + " was not answered in time, " + std::to_string(step.attempts_max) + " times", true) : Outcome{};
    }
    if (!state.undoing && cause.type == step.done) return turn.done();
    if (!state.undoing && cause.type == step.refused) return turn.failed(step.name + " was refused", false);
    if (state.undoing && cause.type == step.undone) return turn.undone();
    if (state.undoing && cause.type == step.undo_refused) return turn.failed("its undoing was refused", false);
    return {};  // twice, or too late: whatever it says was taken into account when its step ended
}

}  // namespace

std::string_view name(Phase phase) {
    switch (phase) {
        case Phase::running: return "running";
        case Phase::undoing: return "undoing";
        case Phase::completed: return "completed";
        case Phase::undone: return "undone";
        case Phase::parked: return "parked";
    }
    return "?";
}

std::string deadline_text(const Deadline& deadline) {
    return deadline.saga + "\n" + deadline.instance + "\n" + std::to_string(deadline.step) + "\n" + (deadline.undoing ? "undo" : "ask") + "\n" +
           std::to_string(deadline.attempt) + "\n" + to_iso8601(deadline.due);
}

Result<Deadline> parse_deadline(std::string_view text) {
    std::vector<std::string_view> lines;
    for (;;) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    const auto refused = [] { return fail(ErrorCode::bad_input, "no deadline of a saga: six lines name saga, instance, step, ask or undo, attempt and time"); };
    if (lines.size() != 6 || (lines[3] != "ask" && lines[3] != "undo")) return refused();
    Deadline out{std::string(lines[0]), std::string(lines[1]), 0, lines[3] == "undo", 0, {}};
    const auto number = [](std::string_view digits, int& value) {
        const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return code == std::errc() && end == digits.data() + digits.size();
    };
    if (!number(lines[2], out.step) || !number(lines[4], out.attempt)) return refused();
    TRY(out.due, parse_iso8601(lines[5]));
    return out;
}

std::vector<std::string> heard_types(const Definition& saga) {
    std::vector<std::string> out{saga.start_type, saga.resume_type, saga.deadline_passed};
    for (const Step& step : saga.steps)
        for (const std::string* type : {&step.done, &step.refused, &step.undone, &step.undo_refused})
            if (!type->empty()) out.push_back(*type);
    return out;
}

Result<void> check_definition(const Definition& saga) {
    const auto refuse = [&](const std::string& why) { return fail(ErrorCode::usage, "saga '" + saga.name + "': " + why); };
    if (saga.name.empty() || saga.steps.empty() || !saga.instance_of) return refuse("it needs a name, steps and a way to tell its instances");
    std::set<std::string> types;
    for (const std::string& type : heard_types(saga))
        if (type.empty() || !types.insert(type).second) return refuse("the type '" + type + "' is empty or means two things");
    for (const Step& step : saga.steps) {
        if (step.ask.type.empty() || step.done.empty()) return refuse("step '" + step.name + "' has no command or no reply");
        if (step.attempts_max < 1 || step.patience_nanos < 1) return refuse("step '" + step.name + "' has no attempt or no patience");
        if (step.undo && step.undone.empty()) return refuse("step '" + step.name + "' is undone without a reply");
    }
    return {};
}

Outcome advance(const Definition& saga, const std::optional<State>& state, const Event& cause) {
    const std::optional<std::string> instance = saga.instance_of(cause);
    if (!instance) return {};
    if (!state) {
        if (cause.type != saga.start_type) return {};
        State fresh;
        fresh.facts.instance = *instance;
        fresh.facts.start = cause;
        return Turn(saga, std::move(fresh), cause).begin();
    }
    return state->facts.instance == *instance ? advance_known(saga, *state, cause) : Outcome{};
}

std::string pack(const State& state) {
    ByteWriter out;
    out.put(state.phase);
    out.put(state.step);
    out.put(state.attempt);
    out.put(static_cast<std::uint8_t>(state.undoing));
    const Event& start = state.facts.start;
    for (const std::string* text : {&state.reason, &state.facts.instance, &start.type, &start.source, &start.subject, &start.tenant, &start.data}) out.put_text(*text);
    out.put_text(start.id.text());
    out.put(start.time.value);
    out.put_text(start.trace ? start.trace->traceparent() : "");
    out.put(static_cast<std::uint64_t>(state.facts.heard.size()));
    for (const auto& [type, data] : state.facts.heard) {
        out.put_text(type);
        out.put_text(data);
    }
    return out.sealed(magic);
}

Result<State> unpack(std::string_view bytes) {
    TRY(ByteReader in, ByteReader::unseal(bytes, magic, "state of a saga"));
    State state;
    state.phase = in.get<Phase>();
    state.step = in.get<int>();
    state.attempt = in.get<int>();
    state.undoing = in.get<std::uint8_t>() != 0;
    Event& start = state.facts.start;
    for (std::string* text : {&state.reason, &state.facts.instance, &start.type, &start.source, &start.subject, &start.tenant, &start.data}) *text = in.get_text();
    TRY(start.id, parse_uuid(in.get_text()));
    start.time.value = in.get<std::int64_t>();
    if (const std::string trace = in.get_text(); !trace.empty()) {
        TRY(start.trace, parse_traceparent(trace));
    }
    for (auto left = in.get<std::uint64_t>(); left > 0 && !in.failed(); --left) {
        std::string type = in.get_text();
        state.facts.heard[std::move(type)] = in.get_text();
    }
    if (in.failed()) return fail(ErrorCode::bad_input, "state of a saga: cut short");
    return state;
}

}  // namespace aitrading::saga
