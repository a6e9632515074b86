#include "base/circuit_breaker.hpp"

namespace aitrading {

std::string_view name(CircuitBreaker::State state) {
    switch (state) {
        case CircuitBreaker::State::closed: return "closed";
        case CircuitBreaker::State::open: return "open";
        case CircuitBreaker::State::half_open: return "half_open";
    }
    return "closed";
}

void CircuitBreaker::change(State state, SteadyTime now) {
    state_ = state;
    changed_ = now;
    ++generation_;
    probes_out_ = probes_well_ = 0;
    counts_.fill({});
}

void CircuitBreaker::open_again(SteadyTime now) {
    pause_ = std::min(2 * pause_, rule_.pause_max);
    change(State::open, now);
}

CircuitBreaker::State CircuitBreaker::state(SteadyTime now) {
    if (state_ == State::open && now - changed_ >= pause_) change(State::half_open, now);
    if (state_ == State::half_open && probes_out_ > 0 && now - changed_ >= rule_.probe_patience) open_again(now);
    return state_;
}

nanoseconds CircuitBreaker::pause_left(SteadyTime now) {
    if (state(now) != State::open) return nanoseconds(0);
    return nanoseconds(changed_ + pause_ - now);
}

std::optional<CircuitBreaker::Permit> CircuitBreaker::ask(SteadyTime now) {
    switch (state(now)) {
        case State::open: return std::nullopt;
        case State::half_open:
            if (probes_out_ + probes_well_ >= rule_.probes) return std::nullopt;
            if (probes_out_ == 0) changed_ = now;  // the patience with probes begins with the first
            ++probes_out_;
            break;
        case State::closed: break;
    }
    return Permit{generation_};
}

void CircuitBreaker::count(bool succeeded, SteadyTime now) {
    const std::int64_t number = slice_number(now);
    Slice& slice = counts_[static_cast<std::size_t>(number % slices)];
    if (slice.number != number) slice = {number, 0, 0};
    ++slice.calls;
    slice.failures += succeeded ? 0 : 1;
    std::int64_t calls = 0, failures = 0;
    for (const Slice& s : counts_)
        if (s.number > number - slices && s.number <= number) calls += s.calls, failures += s.failures;
    if (calls >= rule_.calls_min && static_cast<double>(failures) >= rule_.failure_share * static_cast<double>(calls) && failures > 0)
        change(State::open, now);
}

void CircuitBreaker::tell(Permit permit, bool succeeded, SteadyTime now) {
    const State current = state(now);
    if (permit.generation != generation_) return;
    if (current == State::closed) return count(succeeded, now);
    if (current != State::half_open) return;
    if (!succeeded) return open_again(now);
    --probes_out_;
    if (++probes_well_ < rule_.probes) return;
    pause_ = rule_.pause;
    change(State::closed, now);
}

}  // namespace aitrading
