#pragma once

#include "base/deadline.hpp"

namespace aitrading {

/// What is known of the work before a new request.
struct Load {
    nanoseconds oldest_waits{0};  ///< since the oldest request that waits came; 0 where none waits
    nanoseconds typical_work{0};  ///< of one request of this class, a moving average
};

/// How long the oldest may have waited before new requests of this class are turned away: heavy 250 ms, normal 500 ms,
/// fast 1 s. Under load heavy work goes first and fast work last.
nanoseconds patience(RequestClass kind);

/// The rule: a request is turned away at the door (503, Retry-After) where the queue is older than its class bears, or where
/// what it has left would not suffice for waiting and work. An early "no" costs the caller less than a late nothing, and
/// keeps the queue from filling with requests whose callers have gone.
bool shed(RequestClass kind, const Load& load, nanoseconds left);

}  // namespace aitrading
