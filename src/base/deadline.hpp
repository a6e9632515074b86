#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace aitrading {

/// Time that never steps: policies are asked with it, so that setting the wall clock changes no waiting and no limit.
using SteadyTime = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// How long a caller may wait at most. The class belongs to the route, not to the caller.
enum class RequestClass { fast, normal, heavy };

/// fast 5 s, normal 30 s, heavy 60 s: outer limits, that no caller can lengthen.
milliseconds limit(RequestClass kind);
std::string_view name(RequestClass kind);

/// The instant at which an answer stops being of use. It travels with every call as the time that is left, so that clocks
/// of two machines need not agree, and every step lives on what the steps before have left.
struct Deadline {
    SteadyTime at;

    static Deadline after(SteadyTime now, nanoseconds budget) { return {now + budget}; }
    /// The class's limit, or what the caller has left where that is less.
    static Deadline of(RequestClass kind, SteadyTime now, std::optional<milliseconds> left_by_caller);

    bool passed(SteadyTime now) const { return now >= at; }
    /// Never negative.
    nanoseconds left(SteadyTime now) const { return std::max(nanoseconds{0}, nanoseconds(at - now)); }
    Deadline sooner(Deadline other) const { return {std::min(at, other.at)}; }
    friend bool operator==(const Deadline&, const Deadline&) = default;
};

/// `left` as the value of the header x-deadline-ms: whole milliseconds, rounded down, so that a hop never adds time.
std::string deadline_text(Deadline deadline, SteadyTime now);
/// The other direction: 1 to 9 digits. @errors bad_input
Result<milliseconds> parse_deadline(std::string_view text);

}  // namespace aitrading
