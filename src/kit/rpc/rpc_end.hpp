#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "kit/requests/handlers.hpp"

namespace aitrading::kit {

/// Those of gRPC's status codes that are used here, with its numbers.
enum class RpcCode {
    ok = 0, cancelled = 1, unknown = 2, invalid_argument = 3, deadline_exceeded = 4, not_found = 5, permission_denied = 7, resource_exhausted = 8,
    unimplemented = 12, internal = 13, unavailable = 14, unauthenticated = 16
};
/// `INVALID_ARGUMENT`, …; any other number: `UNKNOWN`.
std::string_view name(RpcCode code);

/// How a call ends.
struct RpcEnd {
    RpcCode code = RpcCode::ok;
    std::string text;
    std::optional<std::chrono::nanoseconds> again_after;  ///< told as `grpc-retry-pushback-ms`
};

/// usage and bad_input INVALID_ARGUMENT, not_found NOT_FOUND, gate_refused PERMISSION_DENIED or, where a retry
/// helps, RESOURCE_EXHAUSTED, interrupted CANCELLED, failed INTERNAL or, where a retry helps, UNAVAILABLE.
RpcEnd end_of(const Error& error);
/// RESOURCE_EXHAUSTED.
RpcEnd end_of(const CallRefusal& refusal);
/// The other direction, for whoever called: DEADLINE_EXCEEDED is failed and a retry helps, what `end_of` makes nothing of is failed.
/// @pre it is not OK
Error error_of(const RpcEnd& end);

}  // namespace aitrading::kit
