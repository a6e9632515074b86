#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/deadline.hpp"

namespace aitrading {

struct BreakerRule {
    nanoseconds window = std::chrono::seconds(10);   ///< over which failures are counted
    std::int64_t calls_min = 20;                     ///< fewer say nothing
    double failure_share = 0.5;                      ///< from this share on it opens
    nanoseconds pause = std::chrono::seconds(1);     ///< while open; doubles each time that a probe fails
    nanoseconds pause_max = std::chrono::seconds(30);
    int probes = 1;                                  ///< calls let through after the pause; all must succeed
    nanoseconds probe_patience = std::chrono::seconds(60);  ///< a probe not heard of for so long has failed
};

/// Keeps callers from a peer that fails: closed, it lets all calls through and counts; open, none; half open, a few probes
/// that decide. Counting is in ten slices of the window. Not for several threads.
class CircuitBreaker {
  public:
    enum class State { closed, open, half_open };
    /// Leave to make one call, to be handed back with its outcome.
    struct Permit {
        std::uint64_t generation = 0;
    };

    explicit CircuitBreaker(BreakerRule rule) : rule_(rule), pause_(rule.pause) {}

    /// None: refused without a call.
    std::optional<Permit> ask(SteadyTime now);
    /// A call's outcome. One that began before the last change of state says nothing about the peer now and is ignored.
    void tell(Permit permit, bool succeeded, SteadyTime now);
    State state(SteadyTime now);
    /// How long an open breaker refuses yet; 0 where it does not. For Retry-After.
    nanoseconds pause_left(SteadyTime now);

  private:
    struct Slice {
        std::int64_t number = -1, calls = 0, failures = 0;
    };
    static constexpr std::int64_t slices = 10;
    void change(State state, SteadyTime now);
    void count(bool succeeded, SteadyTime now);
    void open_again(SteadyTime now);
    std::int64_t slice_number(SteadyTime now) const { return now.time_since_epoch() / (rule_.window / slices); }

    BreakerRule rule_;
    State state_ = State::closed;
    nanoseconds pause_;
    SteadyTime changed_{};
    std::uint64_t generation_ = 0;
    int probes_out_ = 0, probes_well_ = 0;
    std::array<Slice, slices> counts_;
};

std::string_view name(CircuitBreaker::State state);

}  // namespace aitrading
